import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { PulumiCommand } from "@pulumi/pulumi/automation";

/** Seconds that a download of the CLI may take before it has answered. */
const INSTALL_SECONDS = 20;

export interface Cli {
  readonly file: string;
  readonly version: string;
}

/** The CLI, or one sentence that says what is missing and how to get it. */
export type FoundCli = Cli | { readonly missing: string };

/**
 * Looks on PATH, then in `$PULUMI_HOME/bin` (default `~/.pulumi/bin`), where Pulumi's installer puts
 * the CLI.
 * @param minimum oldest version that will do, such as "3.248.0"
 */
export async function findCli(
  minimum: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<FoundCli> {
  const file = candidates(env).find(isExecutable);
  if (!file) {
    return { missing: `no pulumi CLI on PATH or in ${home(env)}/bin: ${howToGet(minimum)}` };
  }
  const version = await versionOf(file);
  if (version === undefined) {
    return { missing: `${file} does not tell its version: ${howToGet(minimum)}` };
  }
  if (isOlder(version, minimum)) {
    return { missing: `${file} is ${version}, older than ${minimum}: ${howToGet(minimum)}` };
  }
  return { file, version };
}

/** Downloads the CLI with the SDK's own installer into `$PULUMI_HOME/bin`. */
export async function installCli(
  minimum: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<FoundCli> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => {
      resolve(`no answer within ${INSTALL_SECONDS} s`);
    }, INSTALL_SECONDS * 1000);
  });
  const failure = PulumiCommand.install({ root: home(env) }).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)).split("\n")[0],
  );
  const problem = await Promise.race([failure, late]);
  clearTimeout(timer);
  if (problem === undefined) return findCli(minimum, env);
  return {
    missing: `the pulumi CLI could not be downloaded (${problem}): ${howToGet(minimum)}`,
  };
}

const howToGet = (minimum: string): string =>
  `install ${minimum} or newer (https://www.pulumi.com/docs/install), or run with --install-cli`;

const home = (env: NodeJS.ProcessEnv): string =>
  env.PULUMI_HOME ?? path.join(env.HOME ?? homedir(), ".pulumi");

function candidates(env: NodeJS.ProcessEnv): string[] {
  const folders = (env.PATH ?? "").split(path.delimiter).filter((folder) => folder !== "");
  return [...folders, path.join(home(env), "bin")].map((folder) => path.join(folder, "pulumi"));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function versionOf(file: string): Promise<string | undefined> {
  try {
    const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const { stdout } = await promisify(execFile)(file, ["version"], { env });
    return /^v?(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

function isOlder(version: string, minimum: string): boolean {
  const numbers = (text: string) => text.split(".").map((part) => Number.parseInt(part, 10));
  const [found, wanted] = [numbers(version), numbers(minimum)];
  const first = wanted.findIndex((number, index) => found[index] !== number);
  return first >= 0 && (found[first] ?? 0) < (wanted[first] ?? 0);
}
