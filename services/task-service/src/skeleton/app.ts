import { Gauge, type Registry } from "@prometheus-io/client";
import express, { type Express, type RequestHandler, type Response } from "express";
import { deadline } from "./deadline.js";
import type { Domain, Route } from "./domain.js";
import { addHealthRoutes } from "./health-routes.js";
import type { HttpMetrics } from "./http-metrics.js";
import { addMetricsRoutes } from "./metrics-routes.js";
import { Problem, problemHandler } from "./problem.js";
import type { Readiness } from "./readiness.js";
import { systemPaths } from "./system-routes.js";

export interface AppArgs {
  readonly domain: Domain;
  readonly registry: Registry;
  readonly http: HttpMetrics;
  readonly readiness: Readiness;
  /** When a request of the domain is answered with 503, in milliseconds. */
  readonly requestDeadlineMs: number;
}

/** Every answer of the service; it listens nowhere yet. */
export function createApp(args: AppArgs): Express {
  const { domain, registry, http, readiness, requestDeadlineMs } = args;
  const app = express();
  app.disable("x-powered-by");
  // An ETag of the domain is a version; Express would hash every answer for its own.
  app.disable("etag");
  app.use(http.middleware);
  const watch = deadline(requestDeadlineMs);
  // The domain first, and one layer a path: Express tries each layer before the one that matches.
  for (const [path, routes] of byPath(domain)) {
    const route = app.route(path);
    for (const { method, handlers } of routes) {
      route[verbs[method]](...guarded(handlers, watch));
    }
  }
  addHealthRoutes(app, readiness);
  addMetricsRoutes(app, registry);
  for (const [path, routes] of byPath(domain)) {
    const methods = routes.map(({ method }) => method);
    app.all(path, otherMethod(path, methods));
  }
  for (const path of Object.values(systemPaths)) app.all(path, otherMethod(path, ["GET"]));
  app.use(unknownPath);
  app.use(problemHandler);
  return app;
}

/** `app_info{version}`, always 1. */
export function addAppInfo(registry: Registry, version: string): void {
  new Gauge({
    name: "app_info",
    help: "1, with the version of the service as label",
    labelNames: ["version"],
    registers: [registry],
    // In a worker cluster it stays 1.
    aggregator: "first",
  }).set({ version }, 1);
}

const verbs = {
  GET: "get",
  POST: "post",
  PUT: "put",
  PATCH: "patch",
  DELETE: "delete",
} as const;

/**
 * The handlers of a route behind what comes before each of them. It shares the layer of the first
 * handler, as each layer has its cost.
 */
function guarded(
  [first, ...others]: Route["handlers"],
  watch: (response: Response) => void,
): RequestHandler[] {
  const guard: RequestHandler = (request, response, next) => {
    refuseBadQuery(request.url);
    watch(response);
    return first(request, response, next);
  };
  return [guard, ...others];
}

/** Express would put U+FFFD where the percent-encoding of a query is not UTF-8. */
function refuseBadQuery(url: string): void {
  const query = url.indexOf("?");
  if (query === -1 || !url.includes("%", query)) return;
  try {
    decodeURIComponent(url.slice(query));
  } catch {
    throw new Problem(400, "The query is not percent-encoded UTF-8.");
  }
}

function byPath({ routes }: Domain): Map<string, Route[]> {
  const paths = new Map<string, Route[]>();
  for (const route of routes) paths.set(route.path, [...(paths.get(route.path) ?? []), route]);
  return paths;
}

/** Answers a known path asked with a method it does not have. */
function otherMethod(path: string, methods: readonly string[]): RequestHandler {
  const all = [...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"];
  const allow = all.join(", ");
  return (request, response) => {
    response.set("Allow", allow);
    if (request.method !== "OPTIONS") {
      throw new Problem(405, `${request.method} is not one of ${allow}, which ${path} answers.`);
    }
    response.status(204).end();
  };
}

const unknownPath: RequestHandler = (request) => {
  throw new Problem(404, `There is nothing at ${request.path.slice(0, 200)}.`);
};
