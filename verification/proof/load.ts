import { setTimeout as delay } from "node:timers/promises";
import { SERVICE_FOLDER } from "./apps";
import { Child } from "../child-process";

/** Requests per second to each pod. */
const RATE = 10;

/** task-service's own load, `npm run load`, without npm: a signal to npm would not reach it. */
export function taskTraffic(url: string, seconds: number): Child {
  const args = {
    url,
    seconds,
    rate: RATE,
    "max-requests": RATE * seconds,
  };
  const flags = Object.entries(args).map(([name, value]) => `--${name}=${value}`);
  // A pod's address is this machine's, and no loopback one.
  return Child.start("node", ["--import", "tsx", "load/load.ts", "--allow-remote", ...flags], {
    cwd: SERVICE_FOLDER,
  });
}

/** A request of each kind that the library's app answers: 200, 201, 404, 500. */
export const libraryTraffic = (url: string, seconds: number): Traffic =>
  traffic(url, seconds, [
    ["GET", "/api/tasks"],
    ["POST", "/api/tasks"],
    ["GET", "/api/tasks/no-such-task"],
    ["DELETE", "/api/tasks/any"],
  ]);

/** And that quote-service does: 200, 200, 404. */
export const quoteTraffic = (url: string, seconds: number): Traffic =>
  traffic(url, seconds, [
    ["GET", "/quotes/random"],
    ["GET", "/quotes/1"],
    ["GET", "/quotes/none"],
  ]);

interface Traffic {
  stop(): Promise<void>;
}

type Kinds = readonly (readonly [method: string, path: string])[];

/** One request after the other, of each kind in turn. */
function traffic(url: string, seconds: number, kinds: Kinds): Traffic {
  const stopped = new AbortController();
  const done = send(url, kinds, RATE * seconds, stopped.signal);
  return {
    stop: async () => {
      stopped.abort();
      await done;
    },
  };
}

async function send(
  origin: string,
  kinds: Kinds,
  requests: number,
  stopped: AbortSignal,
): Promise<void> {
  for (let sent = 0; sent < requests && !stopped.aborted; sent++) {
    const [method, path] = kinds[sent % kinds.length] ?? ["GET", "/"];
    // An app that is gone shows in what Prometheus says of its target.
    await fetch(`${origin}${path}`, { method }).then(
      (response) => response.text(),
      () => undefined,
    );
    await delay(1000 / RATE);
  }
}
