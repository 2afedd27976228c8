import type { IncomingMessage, ServerResponse } from "node:http";
import { Counter, Gauge, Histogram, type Registry } from "@prometheus-io/client";
import { clientHungUp, type MeasuredRoute, RequestLabels } from "./request-labels.js";

/**
 * Upper bounds in seconds. They contain every bound of prometheus-api-metrics, so rules written
 * for that library match, and go on to 9.5 s, where that library ends at 0.5 s.
 *
 * No bound is a whole number: Prometheus 3 stores `le="1"` as `le="1.0"`, and a rule that names
 * the one finds nothing under the other.
 * https://prometheus.io/docs/prometheus/latest/migration/#le-and-quantile-label-values
 *
 * 13 bounds make 16 series per (method, route, code): the bounds, +Inf, the sum and the count.
 */
export const httpDurationBuckets = [
  0.001, 0.005, 0.015, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 1.5, 3.5, 9.5,
] as const;

/** A request that is over. */
export interface Observation {
  readonly response: ServerResponse;
  readonly method: string;
  readonly route: string;
  /** What the client was told; 499 when it hung up, 500 when the answer broke off on this side. */
  readonly code: number;
  readonly seconds: number;
}

export interface HttpMetricsArgs {
  /** Where the metrics are registered. One call per registry. */
  readonly registry: Registry;
  /** Every route that may become a label value. All else is counted under `unmatched`. */
  readonly routes: readonly MeasuredRoute[];
  /** Called for each request that begins, before any other handler. @default nothing more is done */
  readonly onStarted?: (request: IncomingMessage, response: ServerResponse) => void;
  /**
   * Called for each request that is over; what it returns becomes the exemplar of the request's
   * bucket, such as `{ request_id: "..." }`: 128 characters at most, names and values together.
   * @default no exemplars
   */
  readonly onObserved?: (observation: Observation) => Record<string, string> | undefined;
}

export interface HttpMetrics {
  /** Mount it first, before body parsers: what they refuse is counted too. */
  readonly middleware: HttpMiddleware;
  /** Counts a request that never became one: the parser refused it with this code. */
  readonly countRefused: (code: number) => void;
}

export type HttpMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
) => void;

/**
 * Measures every request of an Express app:
 *
 * - `http_request_duration_seconds{method,route,code}`: the names of prometheus-api-metrics. `code`
 *   is the route's success code, or the class of any other (`4xx`), as each one costs 16 series;
 * - `http_request_errors_total{method,route,code}`: answers from 400 on by their exact code, at
 *   one series each;
 * - `http_requests_in_flight`.
 *
 * ```ts
 * const routes = [{ method: "GET", path: "/api/things", codes: [200, 400] }];
 * app.use(httpMetrics({ registry, routes }).middleware);
 * ```
 *
 * A request is counted when its connection is done with it, so one that the client gave up is
 * counted as well: code 499, under `unmatched` in the histogram and under its route in the counter.
 *
 * The most series that a route can add, whatever clients send: 16 for each of success, `2xx`,
 * `3xx`, `4xx` and `5xx`, and one for each of 11 other declared codes, 499, 500, 503, `4xx` and
 * `5xx`: 5 * 16 + 16 = 96. What no route answers adds 5 * 16 + 17 = 97.
 */
export function httpMetrics(args: HttpMetricsArgs): HttpMetrics {
  const { registry, routes, onStarted, onObserved } = args;
  const labels = new RequestLabels(routes);
  const durations = durationsIn(registry);
  const errors = new Counter({
    name: "http_request_errors_total",
    help: "HTTP requests answered with 400 or above, by exact code; 499 is a client that hung up",
    labelNames: ["method", "route", "code"],
    registers: [registry],
  });
  let inFlight = 0;
  new Gauge({
    name: "http_requests_in_flight",
    help: "HTTP requests being answered at this moment",
    registers: [registry],
    collect() {
      this.set(inFlight);
    },
  });

  // `rate()` misses the first event of a series that does not exist before it.
  durations.zero(labels.unmatched.duration(400));
  durations.zero(labels.unmatched.duration(clientHungUp));
  for (const [index, route] of labels.routes.entries()) {
    if (!route.fromStart) continue;
    const [success = 200] = routes[index]?.codes ?? [];
    for (const code of [success, 400, 500]) durations.zero(route.duration(code));
  }

  return {
    middleware: (request, response, next) => {
      inFlight += 1;
      (response as MeasuredResponse)[startedAt] = performance.now();
      // One listener for all requests, which finds its request in `this`: no closure for each.
      response.on("close", observe);
      onStarted?.(request, response);
      next();
    },
    countRefused: (code) => {
      durations.observe({ labels: labels.unmatched.duration(code), value: 0 });
      errors.inc(labels.unmatched.error(code));
    },
  };

  function observe(this: MeasuredResponse): void {
    inFlight -= 1;
    const request: RoutedRequest = this.req;
    const { method = "", url = "", originalUrl = url } = request;
    const route = labels.find(method, originalUrl);
    const code = codeOf(this);
    const seconds = (performance.now() - this[startedAt]) / 1000;
    const exemplarLabels = onObserved?.({
      response: this,
      method,
      route: route.route,
      code,
      seconds,
    });
    // Hung-up requests of all routes share one series: 16 for each route would be too many.
    const measured = (code === clientHungUp ? labels.unmatched : route).duration(code);
    durations.observe(
      exemplarLabels === undefined
        ? { labels: measured, value: seconds }
        : { labels: measured, value: seconds, exemplarLabels },
    );
    if (code >= 400) errors.inc(route.error(code));
  }
}

/** Any label name may stand in an exemplar; the client's types know but those of the metric. */
function durationsIn(registry: Registry): Histogram<string> {
  const durations = new Histogram<string>({
    name: "http_request_duration_seconds",
    help: "Duration of HTTP requests in seconds; code 499 is a client that hung up",
    labelNames: ["method", "route", "code"],
    buckets: [...httpDurationBuckets],
    enableExemplars: true,
    // The client refuses exemplars on a registry that is set to the plain text format. Registered
    // after the fact, they are left out of that format and shown in OpenMetrics.
    registers: [],
  });
  registry.registerMetric(durations);
  return durations;
}

/** Marks a connection whose request the parser refused, with the code of its answer. */
export const refusedWith = Symbol("refusedWith");

/**
 * The code of a request that is over. An answer that was not written whole, or one to a request
 * that did not arrive whole, is the client's doing when its side of the connection ended or failed,
 * and else a failure of this side, whatever its headers had promised.
 */
function codeOf(response: ServerResponse): number {
  const { req: request, statusCode } = response;
  if (response.writableFinished && request.errored === null) return statusCode;
  const socket: MarkedSocket = request.socket;
  const refused = socket[refusedWith];
  if (refused !== undefined) {
    // It is counted now, and not once more as a request that never began.
    socket[refusedWith] = undefined;
    return refused;
  }
  // What this side destroys its answer with becomes the error of the connection as well.
  const failed = socket.errored !== null && socket.errored !== response.errored;
  if (socket.readableEnded || failed) return clientHungUp;
  return Math.max(statusCode, 500);
}

type MarkedSocket = IncomingMessage["socket"] & { [refusedWith]?: number | undefined };

const startedAt = Symbol("startedAt");

interface MeasuredResponse extends ServerResponse {
  [startedAt]: number;
}

/** Express keeps the URL as it came, before mounted routers shorten it. */
type RoutedRequest = IncomingMessage & { originalUrl?: string };
