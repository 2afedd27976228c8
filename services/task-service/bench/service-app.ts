import { taskDomain } from "../src/domain/domain.js";
import { MemoryTaskStore } from "../src/domain/memory-task-store.js";
import { createLog } from "../src/skeleton/log.js";
import { createService } from "../src/skeleton/service.js";
import { settingsFrom } from "../src/skeleton/settings.js";
import { listen } from "./serve.js";
import { tenTasks } from "./task-routes.js";

// The whole service, with ten tasks; LOG_LEVEL and LOG_SAMPLE say how it logs.
const store = new MemoryTaskStore({ maxTasks: 10, maxBytes: 1e6 });
for (const task of tenTasks) await store.create(task);
const settings = settingsFrom(process.env);
const { server, start } = await createService({
  createDomain: (args) => taskDomain({ ...args, store }),
  settings,
  environment: process.env,
  log: createLog(settings.logLevel),
  version: "bench",
});
listen(server);
start();
