import { collectDefaultMetrics, Gauge, Registry } from "@prometheus-io/client";
import express, { type Express, type RequestHandler } from "express";
import type { Logger } from "pino";
import { addHealthRoutes } from "./skeleton/health-routes.js";
import { httpMetrics } from "./skeleton/http-metrics.js";
import { requestLog } from "./skeleton/log.js";
import { addMetricsRoutes } from "./skeleton/metrics-routes.js";
import { openapi } from "./domain/openapi.js";
import { Problem, problemHandler } from "./skeleton/problem.js";
import { Readiness } from "./skeleton/readiness.js";
import { knownSeries, paths } from "./domain/routes.js";
import { TaskMetrics } from "./domain/task-metrics.js";
import { addTaskRoutes } from "./domain/task-routes.js";
import type { TaskStore } from "./domain/task-store.js";

export interface AppArgs {
  readonly store: TaskStore;
  readonly log: Logger;
  /** Shown as `app_info{version}` and in the OpenAPI document. */
  readonly version: string;
}

export interface TaskApp {
  readonly express: Express;
  readonly registry: Registry;
  readonly readiness: Readiness;
  /** Looks at the store for the first time; the startup probe succeeds when it resolves. */
  readonly start: () => Promise<void>;
  /** Ends the work in the background. */
  readonly stop: () => void;
}

/** The whole service but for its process: no port, no signals, no environment. */
export function createApp({ store, log, version }: AppArgs): TaskApp {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  addAppInfo(registry, version);
  const http = httpMetrics({ registry, routes: Object.values(paths), knownSeries });
  const tasks = new TaskMetrics({
    registry,
    log,
    countOverdue: (before) => store.countOverdue(before),
  });
  const readiness = new Readiness({ ping: () => store.ping(), log });
  let started = false;

  const app = express();
  app.disable("x-powered-by");
  // The ETags of this service are versions; Express would hash every answer for its own.
  app.disable("etag");
  app.use(http.middleware);
  app.use(requestLog(log));
  addHealthRoutes(app, { readiness, started: () => started });
  addMetricsRoutes(app, registry);
  addTaskRoutes(app, store, tasks);
  app.get(paths.openapi, (_request, response) => {
    response.json(openapi(version));
  });
  for (const path of Object.values(paths)) app.all(path, otherMethod(path));
  app.use(unknownPath);
  app.use(problemHandler);

  return {
    express: app,
    registry,
    readiness,
    start: async () => {
      await Promise.all([readiness.state(), tasks.start()]);
      started = true;
    },
    stop: () => {
      tasks.stop();
    },
  };
}

function addAppInfo(registry: Registry, version: string): void {
  new Gauge({
    name: "app_info",
    help: "1, with the version of the service as label",
    labelNames: ["version"],
    registers: [registry],
  }).set({ version }, 1);
}

/** Answers a known path asked with a method it does not have. */
function otherMethod(path: string): RequestHandler {
  const methods = knownSeries.filter(({ route }) => route === path).map(({ method }) => method);
  const allow = methods.join(", ");
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
