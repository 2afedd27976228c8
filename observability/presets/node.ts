import { type Preset, PROBES, type ProcessNames, type RequestNames, scrapedPod } from "./preset";

const requests: RequestNames = {
  histogram: "http_request_duration_seconds",
  route: "route",
  code: "code",
  probes: PROBES,
  unmatched:
    "unmatched is every path that has no route, and every request that its client gave up.",
  fromStart: false,
};

/** The default metrics of prom-client and of its successor. */
const process = {
  language: "JavaScript",
  eventLoopDelay: "nodejs_eventloop_lag_max_seconds",
  cpuTime: { name: "process_cpu_seconds_total" },
  residentMemory: "process_resident_memory_bytes",
  heap: {
    used: { name: "nodejs_heap_size_used_bytes" },
    total: { name: "nodejs_heap_size_total_bytes" },
  },
  garbageCollection: { seconds: "nodejs_gc_duration_seconds_sum", kind: "kind" },
  files: { open: "process_open_fds", most: "process_max_fds" },
} satisfies ProcessNames;

/** The middleware of task-service (services/task-service). */
export const middleware: Preset = {
  target: scrapedPod,
  requests: {
    ...requests,
    fromStart: true,
    inFlight: "http_requests_in_flight",
    errorCounter: "http_request_errors_total",
  },
  process: {
    ...process,
    eventLoopUtilisation: "nodejs_eventloop_utilization_histogram",
    version: { started: "process_start_time_seconds", info: "app_info" },
  },
  // No whole number, for the reason that `objectives` gives.
  buckets: [0.001, 0.005, 0.015, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 1.5, 3.5, 9.5],
  // services/task-service/src/skeleton/http-metrics.ts derives both, a test there holds them.
  series: { fixed: 1000, perRoute: 100 },
};

/** The library prometheus-api-metrics 4.0.0, whose metrics are a subset of the middleware's. */
export const prometheusApiMetrics: Preset = {
  target: scrapedPod,
  requests,
  process: {
    ...process,
    version: { started: "process_start_time_seconds", info: "app_version" },
  },
  buckets: [0.001, 0.005, 0.015, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5],
  // 67 of the process, and 40 for each method, route and code (measured): five codes a route.
  series: { fixed: 100, perRoute: 200 },
};
