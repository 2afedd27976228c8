import type { Kubernetes, KubernetesObject } from "../cluster/kubernetes";
import type { Question } from "./long-term";
import type { PrometheusApi } from "./prometheus-api";

interface ConfigMap extends KubernetesObject {
  readonly data: Readonly<Record<string, string>>;
}

/** A range or a resolution that Grafana would put in. */
const VARIABLE_RANGE = /\[\$\{?\w+\}?(:\s*\$?\w*)?\]/g;
/** A matcher by one of the dashboard's variables. */
const VARIABLE_MATCHER = /(\w+)\s*(?:=~|=)\s*"[^"]*\$[^"]*"/g;
/** Counts what is there, whatever its name: less is the point of long-term storage. */
const COUNTS_NAMES = /\(\s*\{/;

/** Every question of every dashboard on the cluster, the chart's among them, and the expression of every rule. */
export async function everyQuestion(
  kubernetes: Kubernetes,
  prometheus: PrometheusApi,
): Promise<Question[]> {
  const configMaps = await kubernetes.list<ConfigMap>("v1", "ConfigMap");
  const dashboards = configMaps.filter(
    ({ metadata }) => metadata.labels?.grafana_dashboard === "1",
  );
  const asked = dashboards.flatMap(({ data }) =>
    Object.values(data).flatMap((json) => {
      const dashboard = JSON.parse(json) as { readonly title: string };
      return questionsIn(dashboard, dashboard.title);
    }),
  );
  const rules = await prometheus.rules();
  return [...asked, ...rules.map(({ name, query }) => ({ from: `rule ${name}`, expr: query }))];
}

function questionsIn(part: unknown, from: string): Question[] {
  if (Array.isArray(part)) return part.flatMap((each) => questionsIn(each, from));
  if (typeof part !== "object" || part === null) return [];
  const { expr, title } = part as { readonly expr?: unknown; readonly title?: unknown };
  const within =
    typeof title === "string" && title !== "" && title !== from ? `${from}, ${title}` : from;
  const own =
    typeof expr === "string" && expr !== "" && !COUNTS_NAMES.test(expr)
      ? [{ from, expr: forEveryValue(expr) }]
      : [];
  return [...own, ...Object.values(part).flatMap((each) => questionsIn(each, within))];
}

/** Variables as if all of their values were chosen. */
const forEveryValue = (expr: string): string =>
  expr.replace(VARIABLE_RANGE, "[1m]").replace(VARIABLE_MATCHER, '$1=~".*"');
