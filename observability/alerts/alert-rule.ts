import type { Severity } from "../severity";
import { dashboardUrl, type Runbook, runbookOf, type ServiceFacts } from "../service-facts";

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<"summary" | "description" | "dashboard_url", string>> &
    Runbook;
}

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** As in PrometheusRule.spec.groups and in a rule file of Prometheus, 2.42 and 3.14 alike. */
export interface RuleGroup {
  readonly name: string;
  /** @default Prometheus' evaluation interval */
  readonly interval?: string;
  readonly rules: readonly (AlertRule | RecordingRule)[];
}

/** What an alert says; where to look it up is added. */
export interface AlertText {
  readonly name: string;
  readonly severity: Severity;
  readonly expr: string;
  readonly for?: string;
  /** How long it goes on after its expression has ended, so that what comes again is no second alert. @default 0 */
  readonly keepFiringFor?: string;
  readonly summary: string;
  readonly description: string;
  /** Page in docs/runbooks, without .md. */
  readonly runbook: string;
  /** @default only service, namespace and severity */
  readonly labels?: Readonly<Record<string, string>>;
}

/** An alert of one service, labelled for Alertmanager's routes and linked to runbook and dashboard. */
export function alertRule(facts: ServiceFacts, text: AlertText): AlertRule {
  return {
    alert: text.name,
    expr: text.expr,
    ...(text.for && { for: text.for }),
    ...(text.keepFiringFor && { keep_firing_for: text.keepFiringFor }),
    labels: { ...serviceLabels(facts), severity: text.severity, ...text.labels },
    annotations: {
      summary: text.summary,
      description: text.description,
      ...runbookOf(facts, text.runbook, text.name),
      dashboard_url: dashboardUrl(facts),
    },
  };
}

export const serviceLabels = ({ name, namespace }: ServiceFacts): Record<string, string> => ({
  service: name,
  namespace,
});
