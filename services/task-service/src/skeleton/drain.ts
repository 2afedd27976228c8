import type { Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";

export interface DrainArgs {
  readonly server: Server;
  /** Called first: from here on the readiness probe fails. */
  readonly stopBeingReady: () => void;
  /** How long it goes on listening, so that whoever balances can notice. Milliseconds. */
  readonly delayMs: number;
  /** When what is still open is cut, counted from the call. Milliseconds. */
  readonly deadlineMs: number;
  readonly log: Logger;
}

/** How often connections that have become idle are closed, in milliseconds. */
const sweepEveryMs = 100;

/**
 * Ends a server without losing a request: not ready, listening still for the delay, then closed
 * to new connections until the requests in flight are answered.
 *
 * @returns whether every request could finish; false when the deadline cut some
 */
export async function drain(args: DrainArgs): Promise<boolean> {
  const { server, stopBeingReady, delayMs, deadlineMs, log } = args;
  const deadline = AbortSignal.timeout(deadlineMs);
  log.info({ delayMs, deadlineMs }, "draining");
  stopBeingReady();
  // Ahead of the app's own listener, so that no answer can leave without the header.
  server.prependListener("request", (_request, response) => {
    response.setHeader("Connection", "close");
  });
  await delay(delayMs);

  const closed = new Promise<boolean>((resolve) => {
    server.close(() => {
      resolve(true);
    });
  });
  // `close` leaves a busy kept-alive connection open after its answer, and serves it on: only
  // sweeping ends those before keepAliveTimeout.
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, sweepEveryMs);
  const cut = new Promise<boolean>((resolve) => {
    deadline.addEventListener("abort", () => {
      resolve(false);
    });
  });
  const finished = await Promise.race([closed, cut]);
  clearInterval(sweep);
  if (!finished) {
    log.error({ deadlineMs }, "deadline reached: requests in flight are cut");
    server.closeAllConnections();
    await closed;
  }
  return finished;
}
