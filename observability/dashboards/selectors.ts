import { PROBE_ROUTES } from "../service-facts";

/**
 * Matchers, without braces, of panels: the dashboard's variables, so that the JSON works for a
 * service of another name or namespace too.
 */
export const series = 'namespace=~"$namespace",job=~"$job",pod=~"$pod"';

/** Requests of clients, without probes and scrapes. */
export const requests = `${series},route!~"${PROBE_ROUTES}"`;

/** Of kube-state-metrics and cAdvisor, whose `job` is their own: the container has the service's name. */
export const containerSeries = 'namespace=~"$namespace",container=~"$job",pod=~"$pod"';

/** Series that slo-rules.ts records for an objective, over all pods. */
export const objectiveSeries = (slo: string): string =>
  `{namespace=~"$namespace",service=~"$job",slo="${slo}"}`;

/** Per second, over a range that fits both the scrape interval and the zoom. */
export const rate = (metric: string, matchers: string): string =>
  `rate(${metric}{${matchers}}[$__rate_interval])`;
