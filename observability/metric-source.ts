/** What instruments a service: which metrics it has beside http_request_duration_seconds. */
export interface MetricSourceFacts {
  /** Upper bounds of http_request_duration_seconds in seconds, unless the service has others. */
  readonly buckets: readonly number[];
  /** The most series that a pod exports, whatever clients send: a fixed part, and one for each route. */
  readonly series: { readonly fixed: number; readonly perRoute: number };
  /** Gauge whose label `version` is the service's. */
  readonly versionMetric: string;
  /** Whether there is a gauge http_requests_in_flight. */
  readonly inFlight: boolean;
  /**
   * Counter of answers from 400 on by exact code, and of requests that their client gave up as 499;
   * the histogram's code is then a class, such as 4xx. Absent: the histogram has exact codes, and
   * nothing counts what clients gave up.
   */
  readonly errorCounter?: string;
  /** Whether there is a histogram of the event loop's utilisation. */
  readonly eventLoopUtilisation: boolean;
  /** Whether the series of requests are there before the first request. */
  readonly seriesFromStart: boolean;
}

/**
 * The middleware of task-service (services/task-service) and the library prometheus-api-metrics 4.0.0,
 * whose metrics are a subset. No bound is a whole number, for the reason that `objectives` gives.
 */
const sources = {
  middleware: {
    buckets: [0.001, 0.005, 0.015, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 1.5, 3.5, 9.5],
    // services/task-service/src/skeleton/http-metrics.ts derives both, a test there holds them.
    series: { fixed: 1000, perRoute: 100 },
    versionMetric: "app_info",
    inFlight: true,
    errorCounter: "http_request_errors_total",
    eventLoopUtilisation: true,
    seriesFromStart: true,
  },
  "prometheus-api-metrics": {
    buckets: [0.001, 0.005, 0.015, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5],
    // 67 of the process, and 40 for each method, route and code (measured): five codes a route.
    series: { fixed: 100, perRoute: 200 },
    versionMetric: "app_version",
    inFlight: false,
    eventLoopUtilisation: false,
    seriesFromStart: false,
  },
} satisfies Record<string, MetricSourceFacts>;

export type MetricSource = keyof typeof sources;

/** A row a source of metrics. */
export const metricSources: Readonly<Record<MetricSource, MetricSourceFacts>> = sources;
