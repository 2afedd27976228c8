import { type Preset, PROBES, scrapedPod } from "./preset";

/**
 * Spring Boot with micrometer-registry-prometheus. Its requests are counted and timed without buckets,
 * so nothing tells how many were slow, until the service sets percentiles-histogram.
 */
export const micrometer: Preset = {
  target: scrapedPod,
  requests: {
    histogram: "http_server_requests_seconds",
    route: "uri",
    code: "status",
    // Actuator's paths, where they are and where docs/presets.md puts them.
    probes: `${PROBES}|/actuator.*`,
    unmatched: "/** is every path that has no route.",
    fromStart: false,
    bucketsFix:
      "set management.metrics.distribution.percentiles-histogram.http.server.requests=true in the service, and metrics.percentilesHistogram: true here",
  },
  process: {
    language: "Java",
    cpuTime: { name: "process_cpu_time_ns_total", perUnit: 1e9 },
    heap: {
      used: { name: "jvm_memory_used_bytes", matchers: 'area="heap"', inParts: true },
      total: { name: "jvm_memory_committed_bytes", matchers: 'area="heap"', inParts: true },
    },
    garbageCollection: { seconds: "jvm_gc_pause_seconds_sum", kind: "gc" },
    files: { open: "process_files_open_files", most: "process_files_max_files" },
  },
  buckets: [],
  // 91 of the process (measured) and what its pools add; with percentiles-histogram 72 for each method,
  // route and code: five codes a route.
  series: { fixed: 300, perRoute: 360 },
};

/** What percentiles-histogram makes of durations between 1 ms and 30 s, where nothing else is asked for. */
export const PERCENTILES_HISTOGRAM: readonly number[] = [
  0.001, 0.001048576, 0.001398101, 0.001747626, 0.002097151, 0.002446676, 0.002796201, 0.003145726,
  0.003495251, 0.003844776, 0.004194304, 0.005592405, 0.006990506, 0.008388607, 0.009786708,
  0.011184809, 0.01258291, 0.013981011, 0.015379112, 0.016777216, 0.022369621, 0.027962026,
  0.033554431, 0.039146836, 0.044739241, 0.050331646, 0.055924051, 0.061516456, 0.067108864,
  0.089478485, 0.111848106, 0.134217727, 0.156587348, 0.178956969, 0.20132659, 0.223696211,
  0.246065832, 0.268435456, 0.357913941, 0.447392426, 0.536870911, 0.626349396, 0.715827881,
  0.805306366, 0.894784851, 0.984263336, 1.073741824, 1.431655765, 1.789569706, 2.147483647,
  2.505397588, 2.863311529, 3.22122547, 3.579139411, 3.937053352, 4.294967296, 5.726623061,
  7.158278826, 8.589934591, 10.021590356, 11.453246121, 12.884901886, 14.316557651, 15.748213416,
  17.179869184, 22.906492245, 28.633115306, 30,
];
