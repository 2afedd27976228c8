import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Logger, pino } from "pino";
import type { CreateDomain } from "../src/skeleton/domain.js";
import { createService, type Service } from "../src/skeleton/service.js";
import { settingsFrom } from "../src/skeleton/settings.js";

export interface RunningService {
  readonly url: string;
  readonly service: Service;
  readonly stop: () => Promise<void>;
}

export interface ServiceArgs {
  readonly createDomain: CreateDomain;
  readonly environment?: NodeJS.ProcessEnv;
  /** @default a log that goes nowhere */
  readonly log?: Logger;
}

/** The whole service on a loopback port of this process, once its first check is over. */
export async function startService({
  createDomain,
  environment = {},
  log = pino({ level: "silent" }),
}: ServiceArgs): Promise<RunningService> {
  const settings = settingsFrom({ LOG_SAMPLE: "0", ...environment });
  const service = await createService({
    createDomain,
    settings,
    environment,
    log,
    version: "1.2.3",
  });
  const { url, stop } = await listen(service.server);
  service.start();
  while (!service.readiness.started) await new Promise(setImmediate);
  return {
    url,
    service,
    stop: async () => {
      service.readiness.drain();
      service.stop();
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

/** A server of one listener. */
export function serve(listener: RequestListener) {
  return listen(createServer(listener));
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
