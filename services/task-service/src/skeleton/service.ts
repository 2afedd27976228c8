import type { Server } from "node:http";
import { collectDefaultMetrics, Registry } from "@prometheus-io/client";
import type { Logger } from "pino";
import { addAppInfo, createApp } from "./app.js";
import type { CreateDomain } from "./domain.js";
import { httpMetrics } from "./http-metrics.js";
import { createHttpServer } from "./http-server.js";
import { Readiness } from "./readiness.js";
import { requestLog } from "./request-log.js";
import type { Settings } from "./settings.js";
import { systemCodes } from "./system-routes.js";

export interface ServiceArgs {
  readonly createDomain: CreateDomain;
  readonly settings: Settings;
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Logger;
  /** Shown as `app_info{version}`. */
  readonly version: string;
}

export interface Service {
  /** It does not listen yet. */
  readonly server: Server;
  readonly registry: Registry;
  readonly readiness: Readiness;
  /** Begins the checks and the work in the background; call it once the server listens. */
  readonly start: () => void;
  /** Ends the work in the background. */
  readonly stop: () => void;
}

/** The whole service but for its process: no port, no signals. */
export async function createService(args: ServiceArgs): Promise<Service> {
  const { createDomain, settings, environment, log, version } = args;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  addAppInfo(registry, version);
  const domain = await createDomain({ environment, registry, log, version });
  const requests = requestLog({ log, sample: settings.logSample, slowMs: settings.logSlowMs });
  const http = httpMetrics({
    registry,
    routes: [...domain.routes, ...systemRoutes],
    ...requests,
  });
  const readiness = new Readiness({ check: domain.check ?? (() => Promise.resolve()), log });
  const { requestDeadlineMs } = settings;
  const app = createApp({ domain, registry, http, readiness, requestDeadlineMs });
  return {
    server: createHttpServer({ ...settings, app, registry, countRefused: http.countRefused }),
    registry,
    readiness,
    start: () => {
      void readiness.start();
      domain.start?.();
    },
    stop: () => {
      domain.stop?.();
    },
  };
}

/** No objective is about them: their series need not exist before their first request. */
const systemRoutes = Object.entries(systemCodes).map(([path, codes]) => ({
  method: "GET",
  path,
  codes,
  fromStart: false,
}));
