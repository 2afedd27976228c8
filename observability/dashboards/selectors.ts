import type { Metric, Preset, RequestNames } from "../presets/preset";

/**
 * Matchers, without braces, of panels: the dashboard's variables, so that the JSON works for a
 * service of another name or namespace too.
 */
export const series = ({ target: { namespace, job, pod } }: Preset): string =>
  `${namespace}=~"$namespace",${job}=~"$job",${pod}=~"$pod"`;

/** Requests of clients, without probes and scrapes. */
export const requestSeries = (preset: Preset, { route, probes }: RequestNames): string =>
  `${series(preset)},${route}!~"${probes}"`;

/** Of kube-state-metrics and cAdvisor, whose `job` is their own: the container has the service's name. */
export const containerSeries = 'namespace=~"$namespace",container=~"$job",pod=~"$pod"';

/** Series that slo-rules.ts records for an objective, over all pods. */
export const objectiveSeries = (slo: string): string =>
  `{namespace=~"$namespace",service=~"$job",slo="${slo}"}`;

/** Per second, over a range that fits both the scrape interval and the zoom. */
export const rate = (metric: string, matchers: string): string =>
  `rate(${metric}{${matchers}}[$__rate_interval])`;

/** Legend of a line for each pod. */
export const podLegend = ({ target: { pod } }: Preset): string => `{{${pod}}}`;

/** A gauge by pod. */
export const gaugeByPod = (preset: Preset, metric: Metric): string =>
  byPod(preset, metric, `${metric.name}{${matchersOf(preset, metric)}}`);

/** A counter's rate by pod. */
export const rateByPod = (preset: Preset, metric: Metric): string =>
  byPod(preset, metric, rate(metric.name, matchersOf(preset, metric)));

const matchersOf = (preset: Preset, { matchers }: Metric): string =>
  matchers === undefined ? series(preset) : `${series(preset)},${matchers}`;

function byPod({ target: { pod } }: Preset, { inParts, perUnit }: Metric, expr: string): string {
  const whole = inParts ? `sum by (${pod}) (${expr})` : expr;
  return perUnit === undefined ? whole : `${whole} / ${perUnit}`;
}
