import { NEAR_LIMIT, type Panel } from "./panel";
import { containerSeries, podLegend, rate, series } from "./selectors";
import type { Preset } from "../presets/preset";
import { namesOf, type ServiceFacts } from "../service-facts";

/** What Kubernetes does with the pods; from kube-state-metrics and cAdvisor. */
export const podPanels: readonly Panel[] = [
  {
    title: "CPU throttling",
    description:
      "Share of the scheduler's periods in which a pod wanted more CPU than its limit. Nothing without a limit (resources.cpuLimit), which is the default.",
    unit: "percentunit",
    queries: [
      {
        expr: `sum by (pod) (${rate("container_cpu_cfs_throttled_periods_total", containerSeries)}) / sum by (pod) (${rate("container_cpu_cfs_periods_total", containerSeries)})`,
        legend: "{{pod}}",
      },
    ],
  },
  {
    title: "Restarts",
    description: "In the last hour, by pod. A rollout is not counted.",
    unit: "short",
    queries: [
      {
        expr: `sum by (pod) (increase(kube_pod_container_status_restarts_total{${containerSeries}}[1h]))`,
        legend: "{{pod}}",
      },
    ],
  },
  {
    title: "Replicas",
    description: "Available below desired for long: pods do not start or do not become ready.",
    unit: "short",
    queries: [
      { expr: deployment("status_replicas_available"), legend: "available" },
      { expr: deployment("spec_replicas"), legend: "desired" },
    ],
  },
  {
    title: "Autoscaler",
    description: "Current at most for long: more load makes the service slower.",
    unit: "short",
    queries: [
      { expr: autoscaler("status_current_replicas"), legend: "current" },
      { expr: autoscaler("spec_min_replicas"), legend: "least" },
      { expr: autoscaler("spec_max_replicas"), legend: "most" },
    ],
  },
];

function deployment(which: string): string {
  return `max(kube_deployment_${which}{namespace=~"$namespace",deployment=~"$job"})`;
}

function autoscaler(which: string): string {
  return `max(kube_horizontalpodautoscaler_${which}{namespace=~"$namespace",horizontalpodautoscaler=~"$job"})`;
}

/**
 * What the service's metrics cost Prometheus: memory and disk go with the number of series. Samples
 * are counted where they are scraped.
 */
export function costPanels(facts: ServiceFacts): Panel[] {
  const preset = namesOf(facts);
  const all = series(preset);
  return [
    ...(preset.target.scraped ? scrapePanels(preset, facts.sampleLimit) : []),
    {
      title: "Most expensive metrics",
      description: "The ten names with the most series.",
      unit: "short",
      kind: "bargauge",
      queries: [{ expr: `topk(10, count by (__name__) ({${all}}))`, legend: "{{__name__}}" }],
    },
  ];
}

function scrapePanels(preset: Preset, sampleLimit: number): Panel[] {
  const samples = `scrape_samples_post_metric_relabeling{${series(preset)}}`;
  return [
    {
      title: "Samples per scrape against the limit",
      description: `By pod, of at most ${sampleLimit}. Beyond it Prometheus refuses the whole scrape.`,
      unit: "percentunit",
      colours: NEAR_LIMIT,
      queries: [{ expr: `${samples} / ${sampleLimit}`, legend: podLegend(preset) }],
    },
    {
      title: "Series",
      description: "Of all pods at this moment. Prometheus needs about 8 KiB of memory for each.",
      unit: "short",
      queries: [{ expr: `sum(${samples})`, legend: "series" }],
    },
  ];
}
