import type { IncomingMessage, ServerResponse } from "node:http";
import { Gauge, Histogram, type Registry } from "@prometheus-io/client";

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

/** The route label of a request that reached none of the known routes. */
export const unmatchedRoute = "unmatched";

/** A series that exists, at 0, from the start; `rate()` misses the first event of any other. */
export interface KnownSeries {
  readonly method: string;
  readonly route: string;
  /** Status codes the route answers with; 499 (client hung up) is added. */
  readonly codes: readonly number[];
}

export interface HttpMetricsArgs {
  /** Where the metrics are registered. One call per registry. */
  readonly registry: Registry;
  /**
   * Every route that may become a label value, as it is written in `app.get(path)`. Any other
   * request is counted under `unmatched`, so no client can make new series by asking for paths.
   */
  readonly routes: readonly string[];
  /** @default no series before the first request */
  readonly knownSeries?: readonly KnownSeries[];
}

export interface HttpMetrics {
  /** Mount it first, before body parsers: what they refuse is counted too. */
  readonly middleware: HttpMiddleware;
  /**
   * Names the route of a request by hand, as the first handler of a route on a mounted `Router`:
   * `router.route("/").all(metrics.route("/api/things")).get(...)`. Routes declared on the app
   * itself with their whole path need no such handler.
   *
   * @throws Error when the route is not one of `routes`
   */
  readonly route: (route: string) => HttpMiddleware;
}

export type HttpMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
) => void;

const metricName = "http_request_duration_seconds";
const help = "Duration of HTTP requests in seconds; code 499 is a client that hung up";
const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const otherMethod = "OTHER";
const clientHungUp = 499;

/**
 * Measures every request of an Express app: `http_request_duration_seconds{method,route,code}`
 * (labels and name as prometheus-api-metrics has them) and `http_requests_in_flight`.
 *
 * ```ts
 * const metrics = httpMetrics({ registry, routes: ["/api/things"] });
 * app.use(metrics.middleware);
 * app.get("/api/things", handler);
 * ```
 *
 * A request is counted when its connection is done with it, so one that the client gave up is
 * counted as well, with code 499.
 */
export function httpMetrics({ registry, routes, knownSeries = [] }: HttpMetricsArgs): HttpMetrics {
  const durations = new RequestDurations(registry);
  let inFlight = 0;
  new Gauge({
    name: "http_requests_in_flight",
    help: "HTTP requests being answered at this moment",
    registers: [registry],
    collect() {
      this.set(inFlight);
    },
  });

  const routeSet = new Set(routes);

  for (const { method, route, codes } of knownSeries) {
    for (const code of [...codes, clientHungUp]) {
      durations.cell(method, route, code);
    }
  }

  return {
    middleware: (_request, response, next) => {
      inFlight += 1;
      (response as MeasuredResponse)[startedAt] = performance.now();
      // One listener for all requests, which finds its request in `this`: no closure for each.
      response.on("close", observe);
      next();
    },
    route: (route) => {
      if (!routeSet.has(route)) {
        throw new Error(
          `"${route}" is not among the routes given to httpMetrics: ${routes.join(", ")}`,
        );
      }
      return (_request, response, next) => {
        (response as MeasuredResponse)[givenRoute] = route;
        next();
      };
    },
  };

  function observe(this: MeasuredResponse): void {
    inFlight -= 1;
    const { method = "", route } = this.req as RoutedRequest;
    const path = this[givenRoute] ?? route?.path;
    const cell = durations.cell(
      methods.has(method) ? method : otherMethod,
      typeof path === "string" && routeSet.has(path) ? path : unmatchedRoute,
      hungUp(this) ? clientHungUp : this.statusCode,
    );
    count(cell, (performance.now() - this[startedAt]) / 1000);
  }
}

type Label = "method" | "route" | "code";

/** What was observed of one method, route and code. */
interface Cell {
  readonly labels: Readonly<Record<Label, string>>;
  /** Observations within each bound and above the bound before; the last is above them all. */
  readonly counts: number[];
  sum: number;
}

/**
 * A histogram that counts into plain cells, and makes samples of them at a scrape. The client's own
 * checks and hashes the labels at every observation, which costs more than all else here.
 */
class RequestDurations extends Histogram<Label> {
  private readonly cells = new Map<string, Map<string, Map<number, Cell>>>();

  constructor(registry: Registry) {
    super({
      name: metricName,
      help,
      labelNames: ["method", "route", "code"],
      buckets: [...httpDurationBuckets],
      registers: [registry],
    });
  }

  /** The cell of these labels; one that is new starts at 0. */
  cell(method: string, route: string, code: number): Cell {
    return this.cells.get(route)?.get(method)?.get(code) ?? this.newCell(method, route, code);
  }

  /**
   * The client's histogram is read through this, by the registry for the text format and by its own
   * `get` for all else. Its types do not say so; the tests of `/metrics` and `/metrics.json` would.
   */
  getForPromString() {
    const values = [...this.cells.values()]
      .flatMap((byMethod) => [...byMethod.values()])
      .flatMap((byCode) => [...byCode.values()])
      .flatMap(samplesOf);
    return Promise.resolve({
      name: metricName,
      help,
      type: "histogram",
      aggregator: "sum",
      values,
    });
  }

  private newCell(method: string, route: string, code: number): Cell {
    const byMethod = this.cells.get(route) ?? new Map<string, Map<number, Cell>>();
    const byCode = byMethod.get(method) ?? new Map<number, Cell>();
    const counts = new Array<number>(httpDurationBuckets.length + 1).fill(0);
    const cell = { labels: { method, route, code: code.toString() }, counts, sum: 0 };
    this.cells.set(route, byMethod.set(method, byCode.set(code, cell)));
    return cell;
  }
}

function count(cell: Cell, seconds: number): void {
  let bucket = 0;
  while (seconds > (httpDurationBuckets[bucket] ?? Infinity)) bucket += 1;
  cell.counts[bucket] = (cell.counts[bucket] ?? 0) + 1;
  cell.sum += seconds;
}

/** Samples as the client's histogram has them: what they share apart, to be formatted once. */
function samplesOf({ labels: sharedLabels, counts, sum }: Cell) {
  let total = 0;
  const buckets = counts.map((count, bucket) => {
    total += count;
    const le = httpDurationBuckets[bucket] ?? "+Inf";
    return { metricName: `${metricName}_bucket`, labels: { le }, sharedLabels, value: total };
  });
  return [
    ...buckets,
    { metricName: `${metricName}_sum`, labels: {}, sharedLabels, value: sum },
    { metricName: `${metricName}_count`, labels: {}, sharedLabels, value: total },
  ];
}

/**
 * An answer that was not written whole, or one to a request that did not arrive whole: a body
 * parser answers 400 to the latter, into a socket that is gone, and Node calls that finished.
 */
function hungUp(response: ServerResponse): boolean {
  return !response.writableFinished || response.req.errored !== null;
}

const startedAt = Symbol("startedAt");
const givenRoute = Symbol("givenRoute");

interface MeasuredResponse extends ServerResponse {
  [startedAt]: number;
  [givenRoute]?: string;
}

/** Express leaves the route it took here; its path lacks what a mounted router stripped. */
interface RoutedRequest extends IncomingMessage {
  readonly route?: { readonly path?: unknown };
}
