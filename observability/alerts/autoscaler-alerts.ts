import { type ServiceFacts } from "../service-facts";
import { alertRule, type AlertRule } from "./alert-rule";

const RUNBOOK = "service";

/** Alerts about what decides how many pods a service has. */
export const autoscalerAlerts = (facts: ServiceFacts): AlertRule[] => [
  atMaximum(facts),
  ...(facts.scaledOnRequests ? [blind(facts)] : []),
];

/** Silent where the fewest and the most replicas are equal: then the service is always at its maximum. */
function atMaximum(facts: ServiceFacts): AlertRule {
  const replicas = (which: string) =>
    `max by (horizontalpodautoscaler) (kube_horizontalpodautoscaler_${which}{${autoscaler(facts)}})`;
  return alertRule(facts, {
    name: "ServiceAutoscalerAtMaximum",
    severity: "warning",
    expr:
      `${replicas("status_current_replicas")} >= ${replicas("spec_max_replicas")}\n` +
      `and ${replicas("spec_max_replicas")} > ${replicas("spec_min_replicas")}`,
    for: "15m",
    // Silences the chart's alert of the same, which another group of rules ends up to an evaluation later.
    keepFiringFor: "1m",
    summary: `${facts.name} cannot scale any further`,
    description:
      `The autoscaler of ${facts.name} has run its maximum of {{ $value | humanize }} replicas for 15 ` +
      `minutes: what comes on top makes the service slower.`,
    runbook: RUNBOOK,
  });
}

/**
 * KEDA is gone, or gets no answer from Prometheus. With the fallback the autoscaler itself looks well, so
 * KEDA's own count of errors is asked too; Prometheus renames the label `namespace` of what it scrapes.
 */
function blind(facts: ServiceFacts): AlertRule {
  const { name, namespace } = facts;
  const condition = `${autoscaler(facts)},condition="ScalingActive",status="false"`;
  const trigger = `exported_namespace="${namespace}",scaledObject="${name}"`;
  return alertRule(facts, {
    name: "ServiceAutoscalerBlind",
    severity: "warning",
    expr:
      `max(kube_horizontalpodautoscaler_status_condition{${condition}}) == 1\n` +
      `or sum(rate(keda_scaler_detail_errors_total{${trigger}}[5m])) > 0`,
    for: "10m",
    summary: `The autoscaler of ${name} does not know its load`,
    description:
      `For 10 minutes KEDA could not say how many requests ${name} answers: its pods stay as many as ` +
      `they are, or become half of its maximum, whatever the load is.`,
    runbook: RUNBOOK,
  });
}

const autoscaler = ({ name, namespace }: ServiceFacts): string =>
  `namespace="${namespace}",horizontalpodautoscaler="${name}"`;
