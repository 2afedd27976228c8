import { setTimeout as delay } from "node:timers/promises";
import type { PodProcess } from "../proof/pod-process";
import { PrometheusApi } from "../proof/prometheus-api";
import { targetProblems } from "../proof/targets";
import type { StateResource } from "./local-stack";
import { changesIn } from "./printed";
import type { Processes } from "./processes";

/** Providers of a stack that has nothing of a cloud, and the engine's own. */
const PACKAGES = ["pulumi", "kubernetes", "kubernetes-monitoring", "random"];
/** Two scrapes, an evaluation and a notification, with time for a machine that is busy. */
const SECONDS = 60;
const PAUSE_MILLISECONDS = 500;
/** Above nothing while requests are sent: as scrapes tell, and as a service's own rules record. */
const RATES = [
  'sum(rate(http_request_duration_seconds_count{job="task-service"}[30s])) > 0',
  'service:tasks_created:rate5m{service="task-service"} > 0',
  'sum(rate(quotes_served_total{job="quote-service"}[30s])) > 0',
  // What the dashboard over all services has its rows from, of both presets.
  "count(service:requests:rate5m > 0) > 1",
];
/** Fires always: the chart's alert that shows that alerts arrive. */
const WATCHDOG = "Watchdog";

/** A resource of AWS, or of any package that the platform kubeconfig does not need. */
export const stateProblems = (resources: readonly StateResource[]): string[] =>
  resources
    .filter(({ type }) => !PACKAGES.includes(packageOf(type)))
    .map(({ urn }) => `the state must hold resources of ${PACKAGES.join(", ")} only; got ${urn}.`);

/** Of a provider its package is the last part: `pulumi:providers:aws`. */
function packageOf(type: string): string {
  const [name = "", module, provider = ""] = type.split(":");
  return name === "pulumi" && module === "providers" ? provider : name;
}

/** The outputs that a user goes on with. */
export function outputProblems(
  outputs: Readonly<Record<string, unknown>>,
  {
    context,
    images,
  }: { readonly context: string; readonly images: Readonly<Record<string, string>> },
): string[] {
  const { services = {} } = outputs as { services?: Record<string, { image?: string }> };
  const expected = [
    ["clusterName", outputs.clusterName, context],
    ["kubeconfigCommand", outputs.kubeconfigCommand, `kubectl config use-context ${context}`],
    ["grafanaAdminUser", outputs.grafanaAdminUser, "admin"],
    ...Object.entries(images).map(
      ([name, image]) => [`services.${name}.image`, services[name]?.image, image] as const,
    ),
  ] as const;
  return [
    ...expected.flatMap(([name, got, wanted]) =>
      got === wanted ? [] : [`the output ${name} must be ${wanted}; got ${JSON.stringify(got)}.`],
    ),
    ...(/^http:\/\/localhost:\d+$/.test(String(outputs.grafanaUrl))
      ? []
      : [`the output grafanaUrl must be a node port; got ${JSON.stringify(outputs.grafanaUrl)}.`]),
  ];
}

/** What the command prints at its end, and nowhere before it the password. */
export function accessProblems(
  printed: string,
  { url, password }: { readonly url: string; readonly password: string },
): string[] {
  const lines = printed.split("\n");
  const end = lines.findIndex((line) => line.startsWith("Grafana: "));
  const [before, access] = end < 0 ? [lines, []] : [lines.slice(0, end), lines.slice(end)];
  const shows = (value: string) => access.some((line) => line.endsWith(` ${value}`));
  return [
    ...(shows(url) ? [] : [`the command must print Grafana's address ${url}; it did not.`]),
    ...(shows(password) ? [] : ["the command must print Grafana's password; it did not."]),
    ...(before.some((line) => line.includes(password))
      ? ["pulumi up must not print Grafana's password; it did."]
      : []),
  ];
}

/** All pods of each service are targets by the operator's jobs, and up. */
export const scrapeProblems = ({
  monitoring: { prometheus },
  targets,
}: Processes): Promise<string[]> =>
  untilNone(async () =>
    targetProblems(prometheus.config, await new PrometheusApi(prometheus.url).targets(), targets),
  );

/** Requests show as a rate. */
export const rateProblems = ({ monitoring: { prometheus } }: Processes): Promise<string[]> =>
  untilNone(async () => {
    const api = new PrometheusApi(prometheus.url);
    const rows = await Promise.all(RATES.map((expr) => api.rows(expr)));
    return RATES.flatMap((expr, index) =>
      (rows[index] ?? 0) > 0 ? [] : [`requests are sent, and Prometheus has no ${expr}.`],
    );
  });

/** Every Alertmanager has the alert that fires always. */
export const watchdogProblems = ({ monitoring }: Processes): Promise<string[]> =>
  untilNone(async () => {
    const { alertmanagers } = monitoring;
    if (alertmanagers.length === 0) return ["the operator must have made an Alertmanager."];
    const names = await Promise.all(alertmanagers.map(alertNames));
    return alertmanagers.flatMap(({ url }, index) =>
      names[index]?.includes(WATCHDOG) === true
        ? []
        : [`Alertmanager at ${url} must have the alert ${WATCHDOG}; got ${listed(names[index])}.`],
    );
  });

const listed = (names: readonly string[] = []): string =>
  names.length === 0 ? "none" : names.join(", ");

async function alertNames({ url }: PodProcess): Promise<readonly string[]> {
  const response = await fetch(`${url}/api/v2/alerts`);
  const alerts = (await response.json()) as { labels: { alertname: string } }[];
  return [...new Set(alerts.map(({ labels }) => labels.alertname))];
}

/** A second `up` has nothing to do. */
export function changeProblems(printed: string): string[] {
  const { unchanged = 0, ...others } = changesIn(printed);
  if (unchanged > 0 && Object.keys(others).length === 0) return [];
  const changed = printed.split("\n").filter((line) => /^ [+~-]/.test(line));
  return [`the second up must leave all unchanged; got\n${changed.join("\n") || printed}`];
}

/** Looks until there is nothing to say any more, or time is over. */
async function untilNone(look: () => Promise<string[]>): Promise<string[]> {
  const deadline = Date.now() + SECONDS * 1000;
  for (;;) {
    const problems = await look();
    if (problems.length === 0 || Date.now() > deadline) return problems;
    await delay(PAUSE_MILLISECONDS);
  }
}
