import { pino } from "pino";
import { taskDomain } from "../../src/domain/domain.js";
import { MemoryTaskStore } from "../../src/domain/memory-task-store.js";
import type { TaskStore } from "../../src/domain/task-store.js";
import { type RunningService, startService } from "../running-service.js";

/** A store that will do for a test. */
export function memoryStore(maxTasks = 1_000): MemoryTaskStore {
  return new MemoryTaskStore({ maxTasks, maxBytes: 48 * 1024 * 1024 });
}

/** The whole service with the given store. */
export function startTaskService(
  store: TaskStore = memoryStore(),
  log = pino({ level: "silent" }),
): Promise<RunningService> {
  return startService({ createDomain: (args) => taskDomain({ ...args, store }), log });
}
