import assert from "node:assert/strict";
import { parser } from "@prometheus-io/lezer-promql";
import { serviceRules } from "../../observability/alerts/service-rules";
import { serviceDashboard } from "../../observability/dashboards/service-dashboard";
import { namesOf, type ServiceFacts } from "../../observability/service-facts";
import { exporterOf } from "../../verification/proof/exporters";
import { queriesOf } from "../../verification/proof/panels";
import { ANY, substitute } from "../../verification/proof/promql";

/** Labels of a series, `__name__` among them. */
export type ExportedSeries = Readonly<Record<string, string>>;

/** What an expression reads of one metric. */
interface Read {
  readonly metric: string;
  /** Labels that it matches or groups by. */
  readonly labels: readonly string[];
  /** Upper bound of the bucket that it names. */
  readonly le?: string;
}

/** Put on by Prometheus and the operator, whatever the exporter says. */
const OF_THE_TARGET = ["namespace", "pod", "job", "instance"];

/** The series of a text in Prometheus' format. */
export const seriesIn = (text: string): ExportedSeries[] =>
  [...text.matchAll(/^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/gm)].map(
    ([, name = "", labels = ""]) => ({ __name__: name, ...labelsIn(labels) }),
  );

const labelsIn = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = "", value = ""]) => [
      label,
      value,
    ]),
  );

/** Every name and label that dashboard, rules and alerts read is in what the exporter really exports. */
export function assertExported(facts: ServiceFacts, exported: readonly ExportedSeries[]): void {
  const exprs = [
    ...queriesOf(serviceDashboard(facts)).map(({ expr }) => substitute(expr, ANY)),
    ...serviceRules(facts).groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
  ];
  const known = namesOf(facts).target.scraped ? OF_THE_TARGET : [];
  const reads = exprs.flatMap(readsOf).filter(({ metric }) => exporterOf(metric) === "the service");
  assert.ok(reads.length > 0, "nothing is read of the service");
  const absent = reads.flatMap(({ metric, labels, le }) => {
    const series = exported.filter(({ __name__ }) => __name__ === metric);
    if (series.length === 0) return [metric];
    return [
      ...labels
        .filter((label) => !known.includes(label) && !series.some((one) => label in one))
        .map((label) => `${metric}{${label}}`),
      ...(le === undefined || series.some((one) => one.le === le) ? [] : [`${metric}{le="${le}"}`]),
    ];
  });
  assert.deepEqual([...new Set(absent)], []);
}

/** The histogram of requests has the preset's buckets, and the series stay below the preset's limit. */
export function assertMeasured(facts: ServiceFacts, exported: readonly ExportedSeries[]): void {
  const { requests, series } = namesOf(facts);
  assert.ok(requests);
  const { histogram, route, code } = requests;
  const ofRequests = exported.filter(({ __name__ = "" }) => __name__.startsWith(`${histogram}_`));
  const bounds = ofRequests.flatMap(({ le = "+Inf" }) => (le === "+Inf" ? [] : [Number(le)]));
  assert.deepEqual(
    [...new Set(bounds)].sort((one, other) => one - other),
    facts.buckets,
  );
  const [one] = ofRequests;
  const alike = ofRequests.filter(
    (other) => other[route] === one?.[route] && other[code] === one?.[code],
  );
  assert.ok(alike.length * 5 <= series.perRoute, `${alike.length} series for a route and code`);
  assert.ok(exported.length - ofRequests.length <= series.fixed, `${exported.length} series`);
}

function readsOf(expr: string): Read[] {
  const reads: Read[] = [];
  parser.parse(expr).iterate({
    enter: ({ name, node, from, to }) => {
      if (name !== "VectorSelector") return;
      const identifier = node.getChild("Identifier");
      if (!identifier) return;
      const matchers = [
        ...expr.slice(from, to).matchAll(/(\w+)(?:=~|!~|!=|=)"((?:[^"\\]|\\.)*)"/g),
      ];
      const labels = matchers.map(([, label = ""]) => label);
      for (let outer = node.parent; outer; outer = outer.parent) {
        const modifier = outer.getChild("AggregateModifier")?.getChild("GroupingLabels");
        if (modifier) labels.push(...(expr.slice(modifier.from, modifier.to).match(/\w+/g) ?? []));
      }
      const le = matchers.find(([, label, value]) => label === "le" && value !== "")?.[2];
      reads.push({
        metric: expr.slice(identifier.from, identifier.to),
        labels,
        ...(le !== undefined && { le }),
      });
    },
  });
  return reads;
}
