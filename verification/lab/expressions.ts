import { parser } from "@prometheus-io/lezer-promql";
import type { RecordingRule } from "../../observability/alerts/alert-rule";
import { STEP_SECONDS } from "./step";

/** A piece of an expression, and what stands in its place. */
interface Change {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** A vector selector in an expression, and whether a range such as [5m] follows it. */
interface Found {
  readonly from: number;
  readonly to: number;
  readonly metric: string;
  /** Matchers of equality by label. */
  readonly equal: Readonly<Record<string, string>>;
  /** The range without brackets, and where it ends. */
  readonly range?: { readonly text: string; readonly to: number };
}

/**
 * The expression without recorded series: each is replaced by what is recorded under its name, a range of it
 * by a subquery in the steps of the rules' evaluation. So it can be asked of samples on which no rule ever ran.
 */
export function withoutRecords(expr: string, records: readonly RecordingRule[]): string {
  return changed(
    expr,
    selectorsOf(expr).flatMap(({ from, to, metric, equal, range }): Change[] => {
      const recorded = records.filter(
        ({ record, labels }) =>
          record === metric &&
          Object.entries(equal).every(([label, value]) => labels[label] === value),
      );
      if (recorded.length === 0) return [];
      const text = `(${recorded.map((rule) => withoutRecords(rule.expr, records)).join("\nor ")})`;
      return range
        ? [{ from, to: range.to, text: `${text}[${range.text}:${STEP_SECONDS}s]` }]
        : [{ from, to, text }];
    }),
  );
}

/** The expression with one matcher more on each selector, such as `play="7"`. */
export function withMatcher(expr: string, matcher: string): string {
  return changed(
    expr,
    selectorsOf(expr).map(({ from, to }) => {
      const text = expr.slice(from, to);
      const open = text.replace(/\s*\}$/, "");
      const added = open === text ? `{${matcher}}` : `${open.endsWith("{") ? "" : ","}${matcher}}`;
      return { from, to, text: `${open}${added}` };
    }),
  );
}

/** Names of the metrics that an expression reads. */
export const metricsOf = (expr: string): string[] => selectorsOf(expr).map(({ metric }) => metric);

function selectorsOf(expr: string): Found[] {
  const found: Found[] = [];
  parser.parse(expr).iterate({
    enter: ({ name, node, from, to }) => {
      if (name !== "VectorSelector") return;
      const identifier = node.getChild("Identifier");
      const { parent } = node;
      const range = parent?.name === "MatrixSelector" ? expr.slice(to, parent.to) : undefined;
      const matchers = [...expr.slice(from, to).matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
      found.push({
        from,
        to,
        metric: identifier ? expr.slice(identifier.from, identifier.to) : "",
        equal: Object.fromEntries(matchers.map(([, label = "", value = ""]) => [label, value])),
        ...(parent &&
          range !== undefined && { range: { text: range.slice(1, -1), to: parent.to } }),
      });
    },
  });
  return found;
}

/** From the end on, so that what comes before keeps its place. */
const changed = (expr: string, changes: readonly Change[]): string =>
  [...changes]
    .sort((one, other) => other.from - one.from)
    .reduce((text, { from, to, text: put }) => text.slice(0, from) + put + text.slice(to), expr);
