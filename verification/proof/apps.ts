import { existsSync } from "node:fs";
import { Child } from "../child-process";

export const SERVICE_FOLDER = "services/task-service";

export interface App {
  readonly port: number;
  readonly child: Child;
}

/** Whether the dependencies of the service are installed. */
export const appsInstalled = (): boolean => existsSync(`${SERVICE_FOLDER}/node_modules/.bin/tsx`);

/** A TypeScript file of the service's folder that listens and logs its port as JSON. */
export const startScript = (script: string, environment: NodeJS.ProcessEnv = {}): Promise<App> =>
  // The loader, not its command: that one starts a second process, which a signal would not reach.
  start(["--import", "tsx", script], environment);

/** task-service as `npm run build` left it. */
export const startBuilt = (environment: NodeJS.ProcessEnv): Promise<App> =>
  start(["dist/main.js"], environment);

async function start(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<App> {
  const child = Child.start("node", args, {
    cwd: SERVICE_FOLDER,
    // Soon gone: nobody drains connections to it.
    env: { ...process.env, DRAIN_DELAY_MS: "0", ...environment, HOST: "127.0.0.1", PORT: "0" },
  });
  try {
    return { child, port: await child.says(portIn) };
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
export async function exportedNames({ port }: App): Promise<Set<string>> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const text = await response.text();
  const declared = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)];
  return new Set(
    declared.flatMap(([, name = "", type]) =>
      type === "histogram" ? ["_bucket", "_sum", "_count"].map((suffix) => name + suffix) : [name],
    ),
  );
}
