import { setTimeout as delay } from "node:timers/promises";
import type { Chart } from "../cluster/chart";
import type { TestCluster } from "../cluster/cluster";
import {
  alertProblems,
  type AlertResult,
  alertResults,
  deliveredAlert,
  type ExpectedAlert,
  expectedAlerts,
} from "./alerts";
import { SERVICE_FOLDER } from "./apps";
import { askDashboard, type DashboardAnswers } from "./dashboard-answers";
import { type Exporter, missingHere } from "./exporters";
import { queriesOf } from "./panels";
import { type Programs, run, versionOf } from "./programs";
import { scalingProblems } from "./scaling";
import { substitute, type Variables } from "./promql";
import { everyQuestion } from "./questions";
import type { Deployed } from "./services";
import type { LongTermResult } from "./long-term";
import { HEARTBEAT, ProofEnvironment } from "./environment";
import { targetProblems } from "./targets";

export interface PanelResult {
  readonly dashboard: string;
  readonly panel: string;
  /** Series with a value, for each query of the panel; absent where an exporter is missing here. */
  readonly rows?: readonly number[];
  readonly waitsFor: readonly Exporter[];
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
  readonly longTerm: LongTermResult;
  /** Of task-service, as it looks from the begin of the traffic to the end. */
  readonly dashboard: DashboardAnswers;
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
    const trafficStart = Date.now();
    const { deployed } = environment;
    const expected = expectedAlerts(deployed);
    await waitForAlerts(environment, expected, progress);
    progress("asking every panel's questions");
    const panels = await panelResults(environment, deployed);
    const versions = versionsOf(programs, chart, environment.shipped);
    const dashboard = await dashboardAnswers(environment, versions, trafficStart);
    progress("asking long-term storage the same");
    const { cluster: asked, prometheus } = environment;
    const questions = await everyQuestion(asked.kubernetes, prometheus);
    const longTerm = await environment.longTerm.compare(prometheus, questions);
    const alerts = alertResults(await environment.prometheus.alerts(), environment);
    return {
      versions,
      panels,
      alerts,
      longTerm,
      dashboard,
      problems: [
        ...targetProblems(
          environment.prometheusConfig,
          await environment.prometheus.targets(),
          environment.targets,
        ),
        ...(await ruleProblems(environment)),
        ...(await scalingProblems(environment.prometheus)),
        ...panels.flatMap(panelProblems),
        ...longTerm.problems,
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
    const variables = chosen(job, task.namespace);
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

/** As if a person had chosen these on the dashboard. */
const chosen = (job: string, namespace: string): Variables => ({
  job,
  namespace,
  pod: ".*",
  __rate_interval: RATE_INTERVAL,
});

async function dashboardAnswers(
  { prometheus, deployed: { task } }: ProofEnvironment,
  versions: readonly RanVersion[],
  trafficStart: number,
): Promise<DashboardAnswers> {
  const variables = chosen(task.name, task.namespace);
  const span = { start: Math.floor(trafficStart / 1000), end: Math.floor(Date.now() / 1000) };
  return {
    versions: {
      ...Object.fromEntries(versions.map(({ program, ran }) => [program, ran])),
      "Node.js": run("node", ["--version"]).trim().replace(/^v/, ""),
    },
    ...(await askDashboard(prometheus, task.dashboard, variables, span)),
  };
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
