import type { Panel } from "./panel";
import { containerSeries, rate, series } from "./selectors";
import { memoryBytes } from "../memory-quantity";
import { metricSources } from "../metric-source";
import type { ServiceFacts } from "../service-facts";

const NEAR_LIMIT = [
  { from: -Infinity, colour: "green" },
  { from: 0.8, colour: "orange" },
  { from: 0.9, colour: "red" },
] as const;

/** Utilisation, saturation and errors of the Node.js process. */
export function processPanels(facts: ServiceFacts): Panel[] {
  const limit = memoryBytes(facts.memoryLimit);
  return [
    ...(metricSources[facts.metricSource].eventLoopUtilisation ? [eventLoopUtilisation] : []),
    {
      title: "Event loop: longest delay",
      description:
        "Since the last scrape, by pod. The quantiles of this metric rest at 10 ms whatever happens; only the maximum shows a block.",
      unit: "s",
      queries: [{ expr: `nodejs_eventloop_lag_max_seconds{${series}}`, legend: "{{pod}}" }],
    },
    {
      title: "CPU",
      description: "Cores in use, by pod. One is what JavaScript can use; more goes to GC threads.",
      unit: "none",
      queries: [{ expr: rate("process_cpu_seconds_total", series), legend: "{{pod}}" }],
    },
    {
      title: "Memory against the limit",
      description: `Resident memory over the container's ${facts.memoryLimit}. At 100 % the kernel kills the process.`,
      unit: "percentunit",
      colours: NEAR_LIMIT,
      queries: [{ expr: `process_resident_memory_bytes{${series}} / ${limit}`, legend: "{{pod}}" }],
    },
    {
      title: "Heap",
      description:
        "JavaScript's part of the memory, by pod. Used near total for long means that GC finds nothing to free.",
      unit: "bytes",
      queries: [
        { expr: `nodejs_heap_size_used_bytes{${series}}`, legend: "{{pod}} used" },
        { expr: `nodejs_heap_size_total_bytes{${series}}`, legend: "{{pod}} total" },
      ],
    },
    {
      title: "Garbage collection",
      description: "Share of the time, by kind, over all pods. Major collections stop requests.",
      unit: "percentunit",
      queries: [
        {
          expr: `sum by (kind) (${rate("nodejs_gc_duration_seconds_sum", series)})`,
          legend: "{{kind}}",
        },
      ],
    },
    {
      title: "File descriptors against the limit",
      description: "Sockets and files. At 100 % no connection is accepted.",
      unit: "percentunit",
      colours: NEAR_LIMIT,
      queries: [
        { expr: `process_open_fds{${series}} / process_max_fds{${series}}`, legend: "{{pod}}" },
      ],
    },
  ];
}

/** Read from the histogram: unlike a gauge it loses nothing when two servers scrape. */
const eventLoopUtilisation: Panel = {
  title: "Event loop utilisation",
  description: "Share of the time that it is busy. p99 at 1 means that requests wait in a queue.",
  unit: "percentunit",
  queries: [
    {
      expr: `sum by (pod) (${rate("nodejs_eventloop_utilization_histogram_sum", series)}) / sum by (pod) (${rate("nodejs_eventloop_utilization_histogram_count", series)})`,
      legend: "{{pod}} mean",
    },
    {
      expr: `histogram_quantile(0.99, sum by (le, pod) (${rate("nodejs_eventloop_utilization_histogram_bucket", series)}))`,
      legend: "{{pod}} p99",
    },
  ],
};

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

/** What the service's metrics cost Prometheus: memory and disk go with the number of series. */
export function costPanels({ sampleLimit }: ServiceFacts): Panel[] {
  return [
    {
      title: "Samples per scrape against the limit",
      description: `By pod, of at most ${sampleLimit}. Beyond it Prometheus refuses the whole scrape.`,
      unit: "percentunit",
      colours: NEAR_LIMIT,
      queries: [
        {
          expr: `scrape_samples_post_metric_relabeling{${series}} / ${sampleLimit}`,
          legend: "{{pod}}",
        },
      ],
    },
    {
      title: "Series",
      description: "Of all pods at this moment. Prometheus needs about 8 KiB of memory for each.",
      unit: "short",
      queries: [
        { expr: `sum(scrape_samples_post_metric_relabeling{${series}})`, legend: "series" },
      ],
    },
    {
      title: "Most expensive metrics",
      description: "The ten names with the most series.",
      unit: "short",
      kind: "bargauge",
      queries: [{ expr: `topk(10, count by (__name__) ({${series}}))`, legend: "{{__name__}}" }],
    },
  ];
}
