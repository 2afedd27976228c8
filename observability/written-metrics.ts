import { serviceRules } from "./alerts/service-rules";
import type { OwnMetrics } from "./own-metrics";
import type { ConnectionNames, Preset, ProcessNames, RequestNames } from "./presets/preset";
import { type PresetName, presets } from "./presets/presets";

/** What decides which metrics the dashboard, rules and alerts of a service read and record. */
export interface WatchedService {
  /** What instruments it. @default "middleware" */
  readonly preset?: PresetName;
  /** What the service adds. @default nothing */
  readonly own?: OwnMetrics;
  /** Whether KEDA scales it on its requests. @default false */
  readonly scaledOnRequests?: boolean;
}

/** Of kube-state-metrics and cAdvisor, whatever the preset. */
const OF_THE_PODS = [
  "container_cpu_cfs_periods_total",
  "container_cpu_cfs_throttled_periods_total",
  "kube_deployment_spec_replicas",
  "kube_deployment_status_replicas_available",
  "kube_horizontalpodautoscaler_spec_max_replicas",
  "kube_horizontalpodautoscaler_spec_min_replicas",
  "kube_horizontalpodautoscaler_status_current_replicas",
  "kube_pod_container_status_restarts_total",
];
/** What tells that KEDA does not know the load. */
const OF_KEDA = [
  "keda_scaler_detail_errors_total",
  "kube_horizontalpodautoscaler_status_condition",
];
/** Made by Prometheus for each alert: the ticket of an objective reads whether its page fires. */
const OF_ALERTS = "ALERTS";
/** Made by Prometheus for each scrape. */
const OF_A_SCRAPE = "scrape_samples_post_metric_relabeling";

/**
 * Names of everything that a service's dashboard, rules and alerts read or record: what long-term storage
 * needs. From the names that they are made of, so that no PromQL is parsed when the program starts; a
 * test parses it, and holds that nothing is missing and nothing too much.
 */
export function writtenOfService({
  preset: name = "middleware",
  own,
  scaledOnRequests = false,
}: WatchedService): string[] {
  const preset = presets[name];
  const { target, requests, connections, process } = preset;
  return [
    target.alive,
    ...(target.scraped ? [OF_A_SCRAPE] : []),
    ...(requests ? ofRequests(requests) : []),
    ...(connections ? ofConnections(connections) : []),
    ...ofProcess(process),
    ...OF_THE_PODS,
    ...(scaledOnRequests ? OF_KEDA : []),
    ...(own?.metrics ?? []),
    ...recordedOf(name, preset, own),
  ];
}

const ofRequests = ({ histogram, inFlight, errorCounter }: RequestNames): string[] => [
  OF_ALERTS,
  `${histogram}_bucket`,
  `${histogram}_count`,
  ...[inFlight, errorCounter].flatMap((metric) => metric ?? []),
];

const ofConnections = ({ requests, states, accepted, handled }: ConnectionNames): string[] => [
  requests,
  ...states,
  accepted,
  handled,
];

function ofProcess({
  eventLoopUtilisation: utilisation,
  eventLoopBusy,
  eventLoopDelay,
  cpuTime,
  residentMemory,
  heap,
  garbageCollection,
  files,
  version,
}: ProcessNames): string[] {
  const histogram = utilisation === undefined ? [] : ["bucket", "count", "sum"];
  return [
    ...histogram.map((suffix) => `${utilisation ?? ""}_${suffix}`),
    eventLoopBusy?.name,
    eventLoopDelay,
    cpuTime?.name,
    residentMemory,
    heap?.used.name,
    heap?.total.name,
    garbageCollection?.seconds,
    files?.open,
    files?.most,
    version?.started,
    version?.info,
  ].flatMap((metric) => metric ?? []);
}

/** Recorded names do not depend on an objective's numbers: those of a service that has every objective. */
function recordedOf(name: PresetName, preset: Preset, own: OwnMetrics | undefined): string[] {
  const seconds = preset.buckets.find((bound) => !Number.isInteger(bound)) ?? 0.25;
  const rules = serviceRules({
    name: "any",
    namespace: "any",
    preset: name,
    buckets: preset.requests ? [seconds] : [],
    ...(preset.requests && { slo: { availability: 99.9, latency: { percent: 99, seconds } } }),
    sampleLimit: 1,
    memoryLimit: "1Gi",
    ...(own && { own }),
    grafanaUrl: "",
  });
  return rules.groups.flatMap(({ rules: all }) =>
    all.flatMap((rule) => ("record" in rule ? rule.record : [])),
  );
}
