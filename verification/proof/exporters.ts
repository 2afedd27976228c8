import { selectors } from "./promql";

/** Who has to run for a metric to exist. */
export type Exporter =
  "the service" | "Prometheus" | "the rules" | "kube-state-metrics" | "cAdvisor";

/** Those that a cluster has and this proof does not. */
const CLUSTER_EXPORTERS: readonly Exporter[] = ["kube-state-metrics", "cAdvisor"];

/** Made by Prometheus itself, for each target and for each alert; see its documentation on jobs and on alerting rules. */
const OF_PROMETHEUS = ["up", "scrape_samples_post_metric_relabeling", "ALERTS"];

/** By name. Whether the exporter really has the metric is for the proof and the tests to see. */
export function exporterOf(metric: string): Exporter {
  if (metric.startsWith("kube_")) return "kube-state-metrics";
  if (metric.startsWith("container_")) return "cAdvisor";
  // Only recorded series have colons in their names.
  if (metric.includes(":")) return "the rules";
  return OF_PROMETHEUS.includes(metric) ? "Prometheus" : "the service";
}

/** Metrics that an expression names. */
export const metricsIn = (expr: string): string[] => [
  ...new Set(
    selectors(expr)
      .map(({ metric }) => metric)
      .filter((metric) => metric !== ""),
  ),
];

/** The exporters of the cluster without which an expression cannot have a value. */
export const missingHere = (exprs: readonly string[]): Exporter[] => [
  ...new Set(
    exprs
      .flatMap(metricsIn)
      .map(exporterOf)
      .filter((exporter) => CLUSTER_EXPORTERS.includes(exporter)),
  ),
];

/** Script in the folder of task-service that stands for a preset. */
export const APPS = {
  middleware: "src/main.ts",
  "prometheus-api-metrics": "bench/library-app.ts",
} as const;
