import { alertRule, type RuleGroup, serviceLabels } from "./alert-rule";
import { alertGroup } from "./service-alerts";
import { fleetGroup } from "../fleet-records";
import { ruleSeries, type ServiceFacts } from "../service-facts";
import { sloRuleGroups } from "../slo/slo-rules";

/**
 * The `spec` of a service's PrometheusRule: objectives, alerts, what the fleet shows, and what the user adds.
 * @throws Error where an objective or the memory limit is wrong
 */
export function serviceRules(facts: ServiceFacts): { readonly groups: readonly RuleGroup[] } {
  return {
    groups: [...sloRuleGroups(facts), alertGroup(facts), fleetGroup(facts), ...ownGroups(facts)],
  };
}

/** What the user adds, with the same labels and links. */
function ownGroups(facts: ServiceFacts): RuleGroup[] {
  const series = ruleSeries(facts);
  const { records = [], alerts = [] } = facts.own ?? {};
  const rules = [
    ...records.map(({ record, expr }) => ({
      record,
      expr: expr(series),
      labels: serviceLabels(facts),
    })),
    ...alerts.map((alert) => alertRule(facts, { ...alert, expr: alert.expr(series) })),
  ];
  return rules.length > 0 ? [{ name: `own-${facts.namespace}-${facts.name}`, rules }] : [];
}
