import { pathToRegexp } from "path-to-regexp";

/** A route whose requests are told apart from others'. */
export interface MeasuredRoute {
  readonly method: string;
  /** As it is written in `app.get(path)`, with the whole path where a router is mounted. */
  readonly path: string;
  /** The status codes it answers with; the first is its success. At most 12. */
  readonly codes: readonly number[];
  /** Whether its series exist, at 0, from the start. @default true */
  readonly fromStart?: boolean;
}

/** The labels of `http_request_duration_seconds`. */
export interface DurationLabels extends Record<string, string> {
  method: string;
  route: string;
  /** The route's success code, the class of any other (`4xx`), or `499`. */
  code: string;
}

/** The route label of a request that no declared route answers, and the method label with it. */
export const unmatchedRoute = "unmatched";
const otherMethod = "OTHER";

/** The client hung up: a code of nginx, which no server sends. */
export const clientHungUp = 499;

/** What HTTP itself refuses, by Node, by Express or by a middleware ahead of all routes. */
const protocolCodes = [400, 401, 403, 404, 405, 408, 413, 414, 415, 417, 429, 431];

/** What any route may end with: hung up, a mistake of the service, the deadline. */
const ofEveryRoute = [clientHungUp, 500, 503];

const mostCodes = 12;

/** The labels of one route's requests, made once for each code. */
export class RouteLabels {
  readonly fromStart: boolean;
  private readonly durations = new Map<number, DurationLabels>();
  private readonly errors = new Map<number, DurationLabels>();

  constructor(
    readonly method: string,
    readonly route: string,
    private readonly codes: readonly number[],
    private readonly success: number | undefined,
    fromStart: boolean,
  ) {
    this.fromStart = fromStart;
  }

  duration(code: number): DurationLabels {
    let labels = this.durations.get(code);
    if (labels === undefined) {
      const text = code === this.success || code === clientHungUp ? String(code) : classOf(code);
      labels = { method: this.method, route: this.route, code: text };
      this.durations.set(code, labels);
    }
    return labels;
  }

  error(code: number): DurationLabels {
    let labels = this.errors.get(code);
    if (labels === undefined) {
      const exact = ofEveryRoute.includes(code) || this.codes.includes(code);
      const text = exact ? String(code) : classOf(code);
      labels = { method: this.method, route: this.route, code: text };
      this.errors.set(code, labels);
    }
    return labels;
  }
}

/**
 * Finds the labels of a request by its method and URL, as Express would match them. By the URL,
 * and not by what Express leaves on the request: so an answer of an app-wide middleware, of a
 * mounted router and of an error handler is counted under the route that was asked for.
 *
 * HEAD counts as GET, whose handler answers it. A request that no declared route answers is
 * `OTHER`, `unmatched`, whatever its path and method: a client that tries all of them makes no
 * product of series.
 */
export class RequestLabels {
  readonly unmatched = new RouteLabels(otherMethod, unmatchedRoute, protocolCodes, undefined, true);
  readonly routes: readonly RouteLabels[];
  private readonly paths: readonly MeasuredPath[];
  /** By path and method, for paths without parameters, which need no search. */
  private readonly exact = new Map<string, Map<string, RouteLabels>>();

  constructor(routes: readonly MeasuredRoute[]) {
    const paths = new Map<string, MeasuredPath>();
    this.routes = routes.map(({ method, path, codes, fromStart = true }) => {
      if (codes.length > mostCodes) {
        throw new Error(
          `${method} ${path} declares ${codes.length.toString()} codes; it must be at most ${mostCodes.toString()}.`,
        );
      }
      const labels = new RouteLabels(method, path, codes, codes[0], fromStart);
      const known = paths.get(path) ?? { regexp: pathToRegexp(path).regexp, methods: new Map() };
      paths.set(path, known);
      known.methods.set(method, labels);
      if (method === "GET") known.methods.set("HEAD", labels);
      return labels;
    });
    this.paths = [...paths.values()];
    for (const [path, { methods }] of paths) {
      if (/[:*{]/.test(path)) continue;
      const byMethod = new Map<string, RouteLabels>();
      for (const method of methods.keys()) {
        // As in Express, an earlier path with a parameter takes it.
        const first = this.search(method, path);
        if (first !== undefined) byMethod.set(method, first);
      }
      this.exact.set(path, byMethod);
    }
  }

  find(method: string, url: string): RouteLabels {
    const path = pathOf(url);
    return this.exact.get(path)?.get(method) ?? this.search(method, path) ?? this.unmatched;
  }

  private search(method: string, path: string): RouteLabels | undefined {
    return this.paths
      .find(({ methods, regexp }) => methods.has(method) && regexp.test(path))
      ?.methods.get(method);
  }
}

interface MeasuredPath {
  readonly regexp: RegExp;
  readonly methods: Map<string, RouteLabels>;
}

function pathOf(url: string): string {
  // A request for a proxy has the whole address: GET http://host/path.
  const local = url.startsWith("/") || !URL.canParse(url) ? url : new URL(url).pathname;
  const end = local.indexOf("?");
  return end === -1 ? local : local.slice(0, end);
}

function classOf(code: number): string {
  return `${Math.min(Math.floor(code / 100), 5).toString()}xx`;
}
