import { setTimeout as delay } from "node:timers/promises";
import type { AlertRule } from "../../observability/alerts/alert-rule";
import type { Chart } from "../cluster/chart";
import type { TestCluster } from "../cluster/cluster";
import type { DeployedService } from "../deployed";
import { SERVICE_FOLDER } from "./apps";
import { type Exporter, missingHere } from "./exporters";
import type { DeliveredAlert } from "./notifications";
import { queriesOf } from "./panels";
import { type Programs, run, versionOf } from "./programs";
import type { PrometheusAlert } from "./prometheus-api";
import { substitute } from "./promql";
import { type Deployed, servicesOf } from "./services";
import { HEARTBEAT, PEOPLE, ProofEnvironment } from "./environment";
import { targetProblems } from "./targets";

export interface PanelResult {
  readonly dashboard: string;
  readonly panel: string;
  /** Series with a value, for each query of the panel; absent where an exporter is missing here. */
  readonly rows?: readonly number[];
  readonly waitsFor: readonly Exporter[];
}

export interface AlertResult {
  readonly alert: string;
  readonly service: string;
  readonly severity: string;
  readonly delivered: boolean;
}

/** The version of a program that the chart ships, and the one that ran. */
export interface RanVersion {
  readonly program: string;
  readonly shipped: string;
  readonly ran: string;
}

export interface ProofResult {
  readonly versions: readonly RanVersion[];
  readonly panels: readonly PanelResult[];
  readonly alerts: readonly AlertResult[];
  /** A sentence for each thing that is not as it should be; none: proven. */
  readonly problems: readonly string[];
  readonly seconds: number;
}

/**
 * The fastest alert holds for 2 minutes before it fires, Alertmanager gathers for 10 seconds; the rest
 * is for a machine with other work.
 */
const WAIT_SECONDS = 300;
/** At most: the load ends when the proof does. With it panels would end too. */
const LOAD_SECONDS = WAIT_SECONDS + 120;
/** The records of 30 days come every 2 minutes, the first at a time that Prometheus chooses. */
const BUDGETS = "slo:period_error_budget_remaining:ratio";
const PROGRESS_SECONDS = 5;
/** Ranges of rates, as Grafana would choose them for a scrape interval of 15 s. */
const RATE_INTERVAL = "1m";
/** The chart's alert that always fires. */
const WATCHDOG = "Watchdog";

/** What has to fire under the load: the alert, and the service of the name. */
const expectedAlerts = ({ task, library }: Deployed): readonly ExpectedAlert[] => [
  { alert: "ServiceAvailabilityBudgetBurn", service: task },
  { alert: "ServiceLatencyBudgetBurn", service: task },
  { alert: "ServiceAvailabilityBudgetBurn", service: library },
];

interface ExpectedAlert {
  readonly alert: string;
  readonly service: DeployedService;
}

/**
 * Runs the stack on a cluster, its services, Prometheus and Alertmanager as processes beside it, and
 * looks at what a person would look at.
 * @param folder for files of all that runs
 * @param progress is told what is being done
 * @throws Error where something could not be started at all
 */
export async function prove(
  programs: Programs,
  cluster: TestCluster,
  chart: Chart,
  folder: string,
  progress: (what: string) => void,
): Promise<ProofResult> {
  const start = Date.now();
  progress("building task-service");
  run("npm", ["run", "build"], { cwd: SERVICE_FOLDER });
  const environment = new ProofEnvironment(programs, cluster, chart, folder, LOAD_SECONDS);
  try {
    await environment.start(progress);
    const { deployed } = environment;
    const expected = expectedAlerts(deployed);
    await waitForAlerts(environment, expected, progress);
    progress("asking every panel's questions");
    const panels = await panelResults(environment, deployed);
    const alerts = alertResults(await environment.prometheus.alerts(), environment);
    return {
      versions: versionsOf(programs, chart, environment.shipped),
      panels,
      alerts,
      problems: [
        ...targetProblems(
          environment.prometheusConfig,
          await environment.prometheus.targets(),
          environment.targets,
        ),
        ...(await ruleProblems(environment)),
        ...panels.flatMap(panelProblems),
        ...alertProblems(alerts, expected, environment),
      ],
      seconds: Math.round((Date.now() - start) / 1000),
    };
  } finally {
    await environment.close();
  }
}

const versionsOf = (
  { prometheus, alertmanager, operator }: Programs,
  { appVersion }: Chart,
  shipped: Readonly<Record<string, string>>,
): RanVersion[] => [
  { program: "Prometheus", shipped: shipped.prometheus ?? "", ran: versionOf(prometheus) },
  { program: "Alertmanager", shipped: shipped.alertmanager ?? "", ran: versionOf(alertmanager) },
  { program: "the operator", shipped: appVersion.replace(/^v/, ""), ran: operator.version },
];

/** Waits for alerts to be delivered and budgets to be recorded; what does not come is told later. */
async function waitForAlerts(
  environment: ProofEnvironment,
  expected: readonly ExpectedAlert[],
  progress: (what: string) => void,
): Promise<void> {
  // Two objectives of each service.
  const budgets = new Set(expected.map(({ service }) => service.name)).size * 2;
  const start = Date.now();
  for (let waited = 0; waited < WAIT_SECONDS; waited = (Date.now() - start) / 1000) {
    const delivered = expected.filter(({ alert, service }) =>
      deliveredAlert(environment, alert, service),
    ).length;
    const heartbeat = environment.notifications.alerts(HEARTBEAT).length > 0;
    const recorded = await environment.prometheus.rows(BUDGETS);
    if (delivered === expected.length && heartbeat && recorded === budgets) return;
    progress(
      `waiting for alerts, which hold for 2 minutes: ${Math.round(waited)} of at most ${WAIT_SECONDS} s; ` +
        `${delivered} of ${expected.length} delivered, ${recorded} of ${budgets} budgets recorded`,
    );
    await delay(PROGRESS_SECONDS * 1000);
  }
}

async function panelResults(
  { prometheus }: ProofEnvironment,
  { task, library, fleetDashboard }: Deployed,
): Promise<PanelResult[]> {
  const results: PanelResult[] = [];
  for (const [dashboard, job] of [
    [task.dashboard, task.name],
    [library.dashboard, library.name],
    [fleetDashboard, ".+"],
  ] as const) {
    const variables = { job, namespace: task.namespace, pod: ".*", __rate_interval: RATE_INTERVAL };
    const asked = new Map<string, string[]>();
    for (const { panel, expr } of queriesOf(dashboard)) {
      asked.set(panel, [...(asked.get(panel) ?? []), substitute(expr, variables)]);
    }
    for (const [panel, exprs] of asked) {
      const waitsFor = missingHere(exprs);
      const of = { dashboard: dashboard.title, panel, waitsFor };
      if (waitsFor.length > 0) {
        results.push(of);
        continue;
      }
      const rows: number[] = [];
      for (const expr of exprs) rows.push(await prometheus.rows(expr));
      results.push({ ...of, rows });
    }
  }
  return results;
}

const panelProblems = (result: PanelResult): string[] =>
  isEmpty(result)
    ? [
        `${result.dashboard}, ${result.panel}: a query returns nothing (rows: ${String(result.rows)}).`,
      ]
    : [];

/** One query without an answer is enough. */
export const isEmpty = ({ rows }: PanelResult): boolean => rows?.includes(0) ?? false;

async function ruleProblems({ prometheus }: ProofEnvironment): Promise<string[]> {
  const rules = await prometheus.rules();
  return rules
    .filter(({ health }) => health === "err")
    .map(({ name, lastError }) => `rule ${name}: ${lastError ?? "failed"}.`);
}

/** Those of the services and the dead man's switch; on this cluster others of the chart's fire too. */
function alertResults(
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

function alertProblems(
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

const deliveredAlert = (
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
