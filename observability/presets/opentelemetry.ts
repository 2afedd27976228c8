import { type Preset, PROBES, type RequestNames, scrapedPod } from "./preset";

const requests: Omit<RequestNames, "histogram"> = {
  route: "http_route",
  code: "http_response_status_code",
  probes: PROBES,
  unmatched: "A line without a name is every path that has no route.",
  fromStart: false,
};

/** The advice of the semantic conventions for http.server.request.duration. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/**
 * The OpenTelemetry SDK whose metrics are sent to Prometheus' OTLP receiver, which adds units to names.
 * Prometheus must make labels of the resource attributes k8s.namespace.name and k8s.pod.name.
 * The process' names are those of instrumentation-runtime-node and host-metrics; a service in another
 * language leaves their panels empty.
 */
export const opentelemetryOtlp: Preset = {
  target: {
    alive: "target_info",
    job: "job",
    namespace: "k8s_namespace_name",
    pod: "k8s_pod_name",
    scraped: false,
  },
  requests: { ...requests, histogram: "http_server_request_duration_seconds" },
  process: {
    language: "JavaScript",
    eventLoopBusy: {
      name: "nodejs_eventloop_time_seconds_total",
      matchers: 'nodejs_eventloop_state="active"',
    },
    eventLoopDelay: "nodejs_eventloop_delay_max_seconds",
    cpuTime: { name: "process_cpu_time_seconds_total", inParts: true },
    residentMemory: "process_memory_usage",
    heap: {
      used: { name: "v8js_memory_heap_used_bytes", inParts: true },
      total: { name: "v8js_memory_heap_space_size_bytes", inParts: true },
    },
    garbageCollection: { seconds: "v8js_gc_duration_seconds_sum", kind: "v8js_gc_type" },
  },
  buckets,
  series: { fixed: 200, perRoute: 100 },
};

/** The Prometheus exporter of the Node SDK (@opentelemetry/exporter-prometheus): names without units. */
export const opentelemetryNode: Preset = {
  target: scrapedPod,
  requests: { ...requests, histogram: "http_server_request_duration" },
  process: {
    language: "JavaScript",
    eventLoopBusy: {
      name: "nodejs_eventloop_time_total",
      matchers: 'nodejs_eventloop_state="active"',
    },
    eventLoopDelay: "nodejs_eventloop_delay_max",
    cpuTime: { name: "process_cpu_time_total", inParts: true },
    residentMemory: "process_memory_usage",
    heap: {
      used: { name: "v8js_memory_heap_used", inParts: true },
      total: { name: "v8js_memory_heap_space_size", inParts: true },
    },
    garbageCollection: { seconds: "v8js_gc_duration_sum", kind: "v8js_gc_type" },
  },
  buckets,
  // 55 of the process and a few of its garbage collector, and 17 for each method, route and code (measured): five codes a route.
  series: { fixed: 200, perRoute: 100 },
};
