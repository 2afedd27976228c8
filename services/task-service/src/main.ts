import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createApp } from "./app.js";
import { drain } from "./skeleton/drain.js";
import { DynamoDbTaskStore } from "./domain/dynamodb-task-store.js";
import { FaultyTaskStore } from "./domain/faulty-task-store.js";
import { createLog } from "./skeleton/log.js";
import { MemoryTaskStore } from "./domain/memory-task-store.js";
import { type Settings, settingsFrom } from "./skeleton/settings.js";
import type { TaskStore } from "./domain/task-store.js";

const settings = settingsOrExit();
const log = createLog(settings.logLevel);
const store = storeFor(settings);
const app = createApp({ store, log, version: packageVersion() });
const server = createServer(app.express);

// Above the balancer's idle timeout (60 s for an ALB): it must never send a request down a
// connection that this side is closing. headersTimeout has to be above keepAliveTimeout.
server.keepAliveTimeout = settings.keepAliveTimeoutMs;
server.headersTimeout = settings.keepAliveTimeoutMs + 1_000;

server.on("error", (error) => {
  log.fatal({ err: error }, "cannot listen");
  process.exit(1);
});
server.listen({ port: settings.port, host: settings.host }, () => {
  const address = server.address();
  log.info({ port: typeof address === "object" ? address?.port : address }, "listening");
  void app.start();
});

// A process that is PID 1 ignores these signals unless it handles them.
process.once("SIGTERM", end);
process.once("SIGINT", end);

function end(signal: NodeJS.Signals): void {
  log.info({ signal }, "signal received");
  void drain({
    server,
    log,
    delayMs: settings.drainDelayMs,
    deadlineMs: settings.drainDeadlineMs,
    stopBeingReady: () => {
      app.readiness.drain();
    },
  }).then((finished) => {
    app.stop();
    store.close();
    log.info({ finished }, "stopped");
    process.exit(finished ? 0 : 1);
  });
}

function settingsOrExit(): Settings {
  try {
    return settingsFrom(process.env);
  } catch (error) {
    createLog("info").fatal(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}

function storeFor(settings: Settings): TaskStore {
  const { tableName, region, endpoint, memoryStoreMaxTasks, faultRate, faultDelayMs } = settings;
  const store =
    tableName === undefined
      ? new MemoryTaskStore(memoryStoreMaxTasks)
      : new DynamoDbTaskStore({ tableName, region, ...(endpoint !== undefined && { endpoint }) });
  if (faultRate === 0 && faultDelayMs === 0) return store;
  log.warn({ faultRate, faultDelayMs }, "the store fails and dawdles on purpose");
  return new FaultyTaskStore(store, { rate: faultRate, delayMs: faultDelayMs });
}

function packageVersion(): string {
  const file = new URL("../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return version;
}
