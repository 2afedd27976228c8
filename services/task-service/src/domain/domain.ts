import type { Registry } from "@prometheus-io/client";
import type { Logger } from "pino";
import type { CreateDomain, Domain, Route } from "../skeleton/domain.js";
import { FaultyTaskStore } from "./faulty-task-store.js";
import { MemoryTaskStore } from "./memory-task-store.js";
import { openapi } from "./openapi.js";
import { TaskMetrics } from "./task-metrics.js";
import { codes, paths } from "./task-paths.js";
import { taskRoutes } from "./task-routes.js";
import { type TaskSettings, taskSettingsFrom } from "./task-settings.js";
import type { TaskStore } from "./task-store.js";

/** The domain of this service: tasks. */
export const createDomain: CreateDomain = async ({ environment, registry, log, version }) => {
  const store = await storeFor(taskSettingsFrom(environment), log);
  return taskDomain({ store, registry, log, version });
};

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

async function storeFor(settings: TaskSettings, log: Logger): Promise<TaskStore> {
  const { faultRate, faultDelayMs } = settings;
  const store = await faultlessStoreFor(settings);
  if (faultRate === 0 && faultDelayMs === 0) return store;
  log.warn({ faultRate, faultDelayMs }, "the store fails and dawdles on purpose");
  return new FaultyTaskStore(store, { rate: faultRate, delayMs: faultDelayMs });
}

async function faultlessStoreFor(settings: TaskSettings): Promise<TaskStore> {
  const { tableName, region, endpoint, storeTimeoutMs: timeoutMs } = settings;
  if (tableName === undefined) {
    const { memoryStoreMaxTasks: maxTasks, memoryStoreMaxBytes: maxBytes } = settings;
    return new MemoryTaskStore({ maxTasks, maxBytes });
  }
  // The AWS SDK takes a quarter of the start: loaded only where it is used.
  const { DynamoDbTaskStore } = await import("./dynamodb-task-store.js");
  return new DynamoDbTaskStore({
    tableName,
    region,
    timeoutMs,
    ...(endpoint !== undefined && { endpoint }),
  });
}
