import { existsSync } from "node:fs";
import path from "node:path";
import { Child } from "../child-process";

export const SERVICE_FOLDER = "services/task-service";
const QUOTES_FOLDER = "services/quote-service";

export interface App {
  readonly url: string;
  readonly child: Child;
}

/** Where an app listens. @default any free port of the loopback */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

const ANYWHERE: Listen = { host: "127.0.0.1", port: 0 };

/** Whether the dependencies of the service are installed. */
export const appsInstalled = (): boolean => existsSync(`${SERVICE_FOLDER}/node_modules/.bin/tsx`);

/** Whether those of quote-service are. */
export const quotesInstalled = (): boolean => existsSync(`${QUOTES_FOLDER}/node_modules`);

/** A TypeScript file of the service's folder that listens and logs its port as JSON. */
export const startScript = (script: string, listen = ANYWHERE): Promise<App> =>
  // The loader, not its command: that one starts a second process, which a signal would not reach.
  start(["--import", "tsx", script], listen);

/** task-service as `npm run build` left it. */
export const startBuilt = (environment: NodeJS.ProcessEnv, listen = ANYWHERE): Promise<App> =>
  start(["dist/main.js"], listen, environment);

/** quote-service: its image runs TypeScript as it is, which needs a newer Node than this one may be. */
export const startQuotes = (listen = ANYWHERE): Promise<App> =>
  start(
    ["-r", path.resolve("register.cjs"), "-e", 'require("./src/main.ts")'],
    listen,
    {},
    QUOTES_FOLDER,
  );

async function start(
  args: readonly string[],
  { host, port }: Listen,
  environment: NodeJS.ProcessEnv = {},
  cwd = SERVICE_FOLDER,
): Promise<App> {
  const child = Child.start("node", args, {
    cwd,
    // Soon gone: nobody drains connections to it.
    env: { ...process.env, DRAIN_DELAY_MS: "0", ...environment, HOST: host, PORT: String(port) },
  });
  try {
    return { child, url: `http://${host}:${await child.says(portIn)}` };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

function portIn(output: string): number | undefined {
  const [, port] = /"port":(\d+)/.exec(output) ?? [];
  return port === undefined ? undefined : Number(port);
}

/** Names of the series that an app exports, sooner or later: some wait for a first event. */
export async function exportedNames({ url }: App): Promise<Set<string>> {
  const response = await fetch(`${url}/metrics`);
  const text = await response.text();
  const declared = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)];
  return new Set(
    declared.flatMap(([, name = "", type]) =>
      type === "histogram" ? ["_bucket", "_sum", "_count"].map((suffix) => name + suffix) : [name],
    ),
  );
}
