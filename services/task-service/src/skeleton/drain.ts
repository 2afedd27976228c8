import { type Server } from "node:http";
import { Server as Listener } from "node:net";
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

/**
 * How long after the listener idle connections are closed, in milliseconds, or the delay if that is
 * less: a request that is on its way down one of them would be lost.
 */
const idleGraceMs = 300;

/** How often connections that have become idle are closed after that, in milliseconds. */
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
    // Not the HTTP server's own `close`, which closes idle connections in the same moment.
    Listener.prototype.close.call(server, () => {
      resolve(true);
    });
  });
  const cut = new Promise<boolean>((resolve) => {
    deadline.addEventListener("abort", () => {
      resolve(false);
    });
  });
  const graceMs = Math.min(idleGraceMs, delayMs);
  const finished = await Promise.race([sweptUntil(closed, server, graceMs), cut]);
  if (!finished) {
    log.error({ deadlineMs }, "deadline reached: requests in flight are cut");
    server.closeAllConnections();
    await closed;
  }
  return finished;
}

/** A kept connection that was busy stays open after its answer, and would be served on. */
async function sweptUntil(
  closed: Promise<boolean>,
  server: Server,
  graceMs: number,
): Promise<boolean> {
  await Promise.race([closed, delay(graceMs)]);
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, sweepEveryMs);
  server.closeIdleConnections();
  try {
    return await closed;
  } finally {
    clearInterval(sweep);
  }
}
