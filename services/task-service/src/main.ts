import { readFileSync } from "node:fs";
import { createDomain } from "./domain/domain.js";
import { drain } from "./skeleton/drain.js";
import { createLog } from "./skeleton/log.js";
import { createService, type Service } from "./skeleton/service.js";
import { type Settings, settingsFrom } from "./skeleton/settings.js";

const settings = await orExit(() => settingsFrom(process.env));
const log = createLog(settings.logLevel);
const service = await orExit(() =>
  createService({
    createDomain,
    settings,
    environment: process.env,
    log,
    version: packageVersion(),
  }),
);
const { server } = service;

server.on("error", (error) => {
  log.fatal({ err: error }, "cannot listen");
  process.exit(1);
});
server.listen({ port: settings.port, host: settings.host }, () => {
  const address = server.address();
  log.info({ port: typeof address === "object" ? address?.port : address }, "listening");
  service.start();
});

// A process that is PID 1 ignores these signals unless it handles them.
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    log.info({ signal }, "signal received");
    void end(service, settings).then((finished) => process.exit(finished ? 0 : 1));
  });
}

// A mistake that nobody caught: what is in flight may still be answered, nothing new is asked for.
process.once("uncaughtException", (error) => {
  log.fatal({ err: error }, "uncaught error: the process ends");
  void end(service, settings).then(() => process.exit(1));
});

async function end({ readiness, stop }: Service, settings: Settings): Promise<boolean> {
  const finished = await drain({
    server,
    log,
    delayMs: settings.drainDelayMs,
    deadlineMs: settings.drainDeadlineMs,
    stopBeingReady: () => {
      readiness.drain();
    },
  });
  stop();
  log.info({ finished }, "stopped");
  return finished;
}

async function orExit<T>(make: () => T | Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    createLog("info").fatal(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}

function packageVersion(): string {
  const file = new URL("../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return version;
}
