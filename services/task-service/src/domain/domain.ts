import type { Registry } from "@prometheus-io/client";
import type { Logger } from "pino";
import type { CreateDomain, Domain, Route } from "../skeleton/domain.js";
import { DynamoDbTaskStore } from "./dynamodb-task-store.js";
import { FaultyTaskStore } from "./faulty-task-store.js";
import { MemoryTaskStore } from "./memory-task-store.js";
import { openapi } from "./openapi.js";
import { TaskMetrics } from "./task-metrics.js";
import { codes, paths } from "./task-paths.js";
import { taskRoutes } from "./task-routes.js";
import { type TaskSettings, taskSettingsFrom } from "./task-settings.js";
import type { TaskStore } from "./task-store.js";

/** The domain of this service: tasks. */
export const createDomain: CreateDomain = ({ environment, registry, log, version }) =>
  taskDomain({ store: storeFor(taskSettingsFrom(environment), log), registry, log, version });

export interface TaskDomainArgs {
  readonly store: TaskStore;
  readonly registry: Registry;
  readonly log: Logger;
  readonly version: string;
}

export function taskDomain({ store, registry, log, version }: TaskDomainArgs): Domain {
  const countOverdue = (before: number) => store.countOverdue(before);
  const metrics = new TaskMetrics({ registry, log, countOverdue });
  return {
    routes: [...taskRoutes(store, metrics), openapiRoute(version)],
    check: () => store.ping(),
    start: () => {
      metrics.start();
    },
    stop: () => {
      metrics.stop();
      store.close();
    },
  };
}

function openapiRoute(version: string): Route {
  return {
    method: "GET",
    path: paths.openapi,
    codes: codes.openapi,
    fromStart: false,
    handlers: [
      (_request, response) => {
        response.json(openapi(version));
      },
    ],
  };
}

function storeFor(settings: TaskSettings, log: Logger): TaskStore {
  const { faultRate, faultDelayMs } = settings;
  const store = faultlessStoreFor(settings);
  if (faultRate === 0 && faultDelayMs === 0) return store;
  log.warn({ faultRate, faultDelayMs }, "the store fails and dawdles on purpose");
  return new FaultyTaskStore(store, { rate: faultRate, delayMs: faultDelayMs });
}

function faultlessStoreFor(settings: TaskSettings): TaskStore {
  const { tableName, region, endpoint, storeTimeoutMs: timeoutMs } = settings;
  if (tableName === undefined) {
    const { memoryStoreMaxTasks: maxTasks, memoryStoreMaxBytes: maxBytes } = settings;
    return new MemoryTaskStore({ maxTasks, maxBytes });
  }
  return new DynamoDbTaskStore({
    tableName,
    region,
    timeoutMs,
    ...(endpoint !== undefined && { endpoint }),
  });
}
