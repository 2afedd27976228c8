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

/** A request of each kind that the library's app answers, one after the other: 200, 201, 404, 500. */
export function libraryTraffic(url: string, seconds: number): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const done = send(url, RATE * seconds, stopped.signal);
  return {
    stop: async () => {
      stopped.abort();
      await done;
    },
  };
}

async function send(origin: string, requests: number, stopped: AbortSignal): Promise<void> {
  const kinds = [
    ["GET", "/api/tasks"],
    ["POST", "/api/tasks"],
    ["GET", "/api/tasks/no-such-task"],
    ["DELETE", "/api/tasks/any"],
  ] as const;
  for (let sent = 0; sent < requests && !stopped.aborted; sent++) {
    const [method, path] = kinds[sent % kinds.length] ?? kinds[0];
    // An app that is gone shows in what Prometheus says of its target.
    await fetch(`${origin}${path}`, { method }).then(
      (response) => response.text(),
      () => undefined,
    );
    await delay(1000 / RATE);
  }
}
