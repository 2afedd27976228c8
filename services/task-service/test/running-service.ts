import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { createApp, type TaskApp } from "../src/app.js";
import { MemoryTaskStore } from "../src/domain/memory-task-store.js";
import type { TaskStore } from "../src/domain/task-store.js";

export interface RunningService {
  readonly url: string;
  readonly app: TaskApp;
  readonly stop: () => Promise<void>;
}

/** The whole app on a loopback port of this process; logs go nowhere. */
export async function startService(
  store: TaskStore = new MemoryTaskStore(1_000),
  log = pino({ level: "silent" }),
): Promise<RunningService> {
  const app = createApp({ store, log, version: "1.2.3" });
  await app.start();
  const { url, stop } = await listen(createServer(app.express));
  return {
    url,
    app,
    stop: async () => {
      app.stop();
      await stop();
    },
  };
}

/** Any server on a free loopback port. */
export async function listen(
  server: Server,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port.toString()}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

export function sendJson(
  url: string,
  method: string,
  body: unknown,
  headers: Record<string, string> = {},
) {
  return fetch(url, {
    method,
    headers: { "Content-Type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}
