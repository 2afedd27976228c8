import { parse } from "yaml";
import type { AlertRule, RecordingRule, RuleGroup } from "../../observability/alerts/alert-rule";
import type { Recording } from "../../simulation/recorder";
import { deployedService } from "../deployed";

/** Rules of one origin, as they are played. */
export interface RuleSet {
  readonly alerts: readonly AlertRule[];
  readonly records: readonly RecordingRule[];
}

export const SERVICE = "task-service";

/** The rules of task-service as the program deploys them. */
export const serviceRuleSet = (recording: Recording): RuleSet =>
  ruleSet(deployedService(recording, SERVICE).rules.groups);

/** What many would write first. */
export const plainRuleSet = (): RuleSet => ruleSet((parse(PLAIN) as Rules).groups);

const PLAIN = `
groups:
  - name: plain
    rules:
      - alert: TooManyErrors
        expr: >-
          sum(rate(http_request_duration_seconds_count{job="${SERVICE}",code=~"5.."}[5m]))
          / sum(rate(http_request_duration_seconds_count{job="${SERVICE}"}[5m])) > 0.01
        for: 5m
        labels: { severity: critical }
`;

export interface Rules {
  readonly groups: readonly RuleGroup[];
}

export function ruleSet(groups: readonly RuleGroup[]): RuleSet {
  const rules = groups.flatMap((group) => group.rules);
  return {
    alerts: rules.filter((rule) => "alert" in rule),
    records: rules.filter((rule) => "record" in rule),
  };
}
