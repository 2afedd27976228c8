import { selectors, syntaxError } from "../proof/promql";

/** A Grafana variable in the place of a range or a resolution, such as `[$__rate_interval]` and `[$interval:]`. */
const VARIABLE_RANGE = /\[\$\{?\w+\}?(:\s*\$?\w*)?\]/g;

/**
 * Names of the metrics that a query of a dashboard or a rule reads. What asks for series of any name, to count
 * them, names none: it is about what is there.
 * @throws Error where it is no PromQL, or selects metrics by a pattern: what it reads could not be told
 */
export function metricsOfQuery(query: string): string[] {
  const expr = query.replace(VARIABLE_RANGE, "[5m]");
  const wrong = syntaxError(expr);
  if (wrong !== undefined) throw new Error(`no PromQL at ${wrong}: ${query}`);
  return selectors(expr).flatMap(({ metric, matchers }) => {
    if (metric !== "") return [metric];
    if (!matchers.some((matcher) => matcher.startsWith("__name__"))) return [];
    throw new Error(`a metric's name must be written, and not be matched: ${query}`);
  });
}

/** The same of a dashboard's variable, such as `label_values(up{job="x"}, pod)`. */
function metricsOfVariable(query: string): string[] {
  const [, selector] = /^label_values\((.+),\s*\w+\)$/s.exec(query) ?? [];
  const [, expr = selector] = /^query_result\((.+)\)$/s.exec(query) ?? [];
  // Values of a label, whichever metric has it.
  if (expr === undefined && /^label_values\(\w+\)$/.test(query)) return [];
  if (expr === undefined) throw new Error(`unknown kind of variable: ${query}`);
  return metricsOfQuery(expr);
}

/** The same of everything that a dashboard's JSON asks: panels, those in rows, annotations and variables. */
export function metricsOfDashboard(dashboard: unknown): string[] {
  if (Array.isArray(dashboard)) return dashboard.flatMap(metricsOfDashboard);
  if (typeof dashboard !== "object" || dashboard === null) return [];
  const { expr, query, type } = dashboard as Readonly<Record<string, unknown>>;
  return [
    ...(typeof expr === "string" && expr !== "" ? metricsOfQuery(expr) : []),
    ...(type === "query" ? metricsOfVariable(queryText(query)) : []),
    ...Object.values(dashboard).flatMap(metricsOfDashboard),
  ];
}

/** Grafana keeps a variable's query as a text, or as an object that has it. */
const queryText = (query: unknown): string =>
  typeof query === "string" ? query : String((query as { query?: unknown } | undefined)?.query);
