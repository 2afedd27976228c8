import { execFile } from "node:child_process";
import path from "node:path";
import packageJson from "../../package.json";
import { findCli } from "../../verification/rehearsal/cli";
import type { HandedConfig } from "./stack-config";

/** @returns the path of the CLI that the project asks for; undefined where there is none */
export async function pulumiCli(): Promise<string | undefined> {
  const found = await findCli(packageJson.dependencies["@pulumi/pulumi"]);
  return "missing" in found ? undefined : found.command.command;
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
