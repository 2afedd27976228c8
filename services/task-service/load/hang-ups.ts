import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import type { LoadArgs } from "./load-args.js";

/** How often a client hangs up, per second. */
const perSecond = 1;

/**
 * Clients that begin to send a task and hang up in the middle: 499 for the service, however fast
 * it is, as there is nothing yet that it could answer.
 *
 * @returns how many did
 */
export async function hangUps({ url, seconds, maxRequests }: LoadArgs): Promise<number> {
  const times = Math.min(seconds * perSecond, maxRequests);
  for (let time = 0; time < times; time++) {
    await hangUp(url);
    await delay(1_000 / perSecond);
  }
  return times;
}

function hangUp(url: URL): Promise<void> {
  return new Promise((resolve) => {
    const send = url.protocol === "https:" ? httpsRequest : httpRequest;
    const request = send(new URL("/api/tasks", url), {
      method: "POST",
      agent: false,
      headers: { "Content-Type": "application/json", "Content-Length": 1_000 },
    });
    // Hanging up is itself reported as an error here, and a server that is away counts in the
    // traffic's errors.
    request.on("error", () => {
      resolve();
    });
    request.write('{"userName":');
    request.on("socket", (socket) => {
      socket.once("connect", () => setTimeout(() => request.destroy(), 50));
    });
    request.on("close", resolve);
  });
}
