import { parser } from "@prometheus-io/lezer-promql";

/** A vector selector, as far as checks need it. */
export interface Selector {
  /** Empty where only labels select. */
  readonly metric: string;
  /** Matchers as they are written, such as `job=~"$job"`. */
  readonly matchers: readonly string[];
}

/** What Grafana would put in before it asks Prometheus. */
export interface Variables {
  readonly job: string;
  readonly namespace: string;
  readonly pod: string;
  readonly __rate_interval: string;
}

/**
 * @throws Error where a variable has no value: Prometheus would take its name for text
 */
export function substitute(expr: string, variables: Variables): string {
  // $1 and the like belong to PromQL's own label_replace.
  return expr.replace(/\$([a-zA-Z_]\w*)/g, (text, name: string) => {
    if (name in variables) return variables[name as keyof Variables];
    throw new Error(`${text} in ${expr} is no variable of the dashboard`);
  });
}

/** Values under which any expression of a dashboard is PromQL. */
export const ANY: Variables = { job: ".+", namespace: ".+", pod: ".*", __rate_interval: "5m" };

/** @returns the piece that is no PromQL, or undefined; types are not checked by this parser */
export function syntaxError(expr: string): string | undefined {
  let wrong: string | undefined;
  parser.parse(expr).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) wrong ??= expr.slice(from, to) || `the end of ${expr}`;
    },
  });
  return wrong;
}

/** Every vector selector. Variables in strings may stay, those in ranges may not. */
export function selectors(expr: string): Selector[] {
  const found: Selector[] = [];
  parser.parse(expr).iterate({
    enter: ({ name, node, from, to }) => {
      if (name !== "VectorSelector") return;
      const identifier = node.getChild("Identifier");
      const text = expr.slice(from, to);
      found.push({
        metric: identifier ? expr.slice(identifier.from, identifier.to) : "",
        matchers: text.match(/\w+(?:=~|!~|!=|=)"(?:[^"\\]|\\.)*"/g) ?? [],
      });
    },
  });
  return found;
}
