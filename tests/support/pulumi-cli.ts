import { execFile } from "node:child_process";
import { homedir } from "node:os";
import path from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import type { HandedConfig } from "./stack-config";

/**
 * The Pulumi CLI: on PATH, or where Pulumi's installer puts it (`$PULUMI_HOME/bin`).
 * @returns the path of the program; undefined where there is none
 */
export async function pulumiCli(): Promise<string | undefined> {
  const root = process.env.PULUMI_HOME ?? path.join(homedir(), ".pulumi");
  for (const options of [undefined, { root }]) {
    try {
      return (await PulumiCommand.get(options)).command;
    } catch {
      // Not there, or older than the SDK wants.
    }
  }
  return undefined;
}

/** What a program has said and how it ended. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const run = (
  file: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<Finished> =>
  new Promise((resolve) => {
    execFile(file, [...args], { cwd, env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
  });

/** The environment of a CLI that meets nothing of the user's: own home, own backend, no network. */
export const isolated = (cli: string, home: string, backend: string): NodeJS.ProcessEnv => ({
  HOME: home,
  PATH: `${path.dirname(cli)}${path.delimiter}${process.env.PATH ?? ""}`,
  PULUMI_HOME: path.join(home, ".pulumi"),
  PULUMI_BACKEND_URL: `file://${backend}`,
  PULUMI_CONFIG_PASSPHRASE: "test",
  PULUMI_SKIP_UPDATE_CHECK: "true",
});

/** The configuration as the CLI would hand it to the program, from `pulumi config --json --show-secrets`. */
export function handedBy(json: string): HandedConfig {
  const read = JSON.parse(json) as Record<string, { value: string; secret: boolean }>;
  const entries = Object.entries(read);
  return {
    config: Object.fromEntries(entries.map(([key, { value }]) => [key, value])),
    secretKeys: entries.filter(([, { secret }]) => secret).map(([key]) => key),
  };
}
