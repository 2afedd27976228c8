import type { AlertRule } from "../../observability/alerts/alert-rule";
import type { DeployedService } from "../deployed";
import { HEARTBEAT, PEOPLE, type ProofEnvironment } from "./environment";
import type { DeliveredAlert } from "./notifications";
import type { PrometheusAlert } from "./prometheus-api";
import { type Deployed, servicesOf } from "./services";

export interface AlertResult {
  readonly alert: string;
  readonly service: string;
  readonly severity: string;
  readonly delivered: boolean;
}

/** The chart's alert that always fires. */
const WATCHDOG = "Watchdog";

/** What has to fire under the load: the alert, and the service of the name. */
export const expectedAlerts = ({ task, library }: Deployed): readonly ExpectedAlert[] => [
  { alert: "ServiceAvailabilityBudgetBurn", service: task },
  { alert: "ServiceLatencyBudgetBurn", service: task },
  { alert: "ServiceAvailabilityBudgetBurn", service: library },
];

/** An alert that is to fire, and its service. */
export interface ExpectedAlert {
  readonly alert: string;
  readonly service: DeployedService;
}

/** Those of the services and the dead man's switch; on this cluster others of the chart's fire too. */
export function alertResults(
  alerts: readonly PrometheusAlert[],
  environment: ProofEnvironment,
): AlertResult[] {
  const own = new Set([
    WATCHDOG,
    ...servicesOf(environment.deployed)
      .flatMap(({ rules }) => rules.groups)
      .flatMap(({ rules }) => rules)
      .flatMap((rule) => ("alert" in rule ? [rule.alert] : [])),
  ]);
  return alerts
    .filter(({ state, labels }) => state === "firing" && own.has(labels.alertname ?? ""))
    .map(({ labels }) => ({
      alert: labels.alertname ?? "",
      service: labels.service ?? "",
      severity: labels.severity ?? "",
      delivered: [PEOPLE, HEARTBEAT].some((path) =>
        environment.notifications
          .alerts(path)
          .some((delivered) => isSame(delivered.labels, labels)),
      ),
    }));
}

export function alertProblems(
  alerts: readonly AlertResult[],
  expected: readonly ExpectedAlert[],
  environment: ProofEnvironment,
): string[] {
  return [
    ...expected.flatMap(({ alert, service }) => {
      const delivered = deliveredAlert(environment, alert, service);
      return delivered
        ? linkProblems(delivered, service)
        : [`${alert} of ${service.name} did not arrive.`];
    }),
    ...alerts
      .filter(({ delivered }) => !delivered)
      .map(({ alert, service }) => `${alert} of ${service} fired and reached nobody.`),
    ...(environment.notifications
      .alerts(HEARTBEAT)
      .some(({ labels }) => labels.alertname === WATCHDOG)
      ? []
      : ["Watchdog did not reach the dead man's switch."]),
  ];
}

/** What a person needs from a notification at night. */
function linkProblems({ labels, annotations }: DeliveredAlert, service: DeployedService): string[] {
  const name = labels.alertname ?? "";
  const deployed = service.rules.groups
    .flatMap(({ rules }) => rules)
    .find((rule): rule is AlertRule => "alert" in rule && rule.alert === name);
  const { summary = "", runbook = "", dashboard_url: dashboard = "" } = annotations;
  const missing = [
    labels.severity === "critical" ? "" : "severity critical",
    summary.includes(service.name) ? "" : "a summary that names the service",
    runbook !== "" && runbook === deployed?.annotations.runbook ? "" : "its runbook",
    dashboard !== "" && dashboard === deployed?.annotations.dashboard_url ? "" : "its dashboard",
  ].filter((what) => what !== "");
  return missing.length > 0
    ? [`${name} of ${service.name} arrived without ${missing.join(", ")}.`]
    : [];
}

export const deliveredAlert = (
  environment: ProofEnvironment,
  alert: string,
  { name }: DeployedService,
): DeliveredAlert | undefined =>
  environment.notifications
    .alerts(PEOPLE)
    .find(({ labels }) => labels.alertname === alert && labels.service === name);

/** Prometheus adds its external labels to what it sends. */
const isSame = (delivered: DeliveredAlert["labels"], shown: DeliveredAlert["labels"]): boolean =>
  Object.entries(shown).every(([label, value]) => delivered[label] === value);
