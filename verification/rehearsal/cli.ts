import { homedir } from "node:os";
import path from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation";

/** Seconds that a download of the CLI may take before it has answered. */
const INSTALL_SECONDS = 20;

export interface Cli {
  readonly command: PulumiCommand;
  readonly version: string;
}

/** The CLI, or one sentence that says what is missing and how to get it. */
type FoundCli = Cli | { readonly missing: string };

/**
 * Looks on PATH, then in `$PULUMI_HOME/bin` (default `~/.pulumi/bin`), where Pulumi's installer puts
 * the CLI.
 * @param minimum oldest version that will do, such as "3.248.0"
 */
export async function findCli(minimum: string): Promise<FoundCli> {
  const command = (await commandIn(undefined)) ?? (await commandIn(pulumiHome()));
  if (!command) {
    return { missing: `no pulumi CLI on PATH or in ${pulumiHome()}/bin: ${howToGet(minimum)}` };
  }
  const { command: file, version } = command;
  if (!version) return { missing: `${file} does not tell its version: ${howToGet(minimum)}` };
  if (version.compare(minimum) < 0) {
    return {
      missing: `${file} is ${version.version}, older than ${minimum}: ${howToGet(minimum)}`,
    };
  }
  return { command, version: version.version };
}

/** @param root folder with `bin/pulumi`; undefined for the one on PATH */
const commandIn = (root: string | undefined): Promise<PulumiCommand | undefined> =>
  PulumiCommand.get({ skipVersionCheck: true, ...(root !== undefined && { root }) }).catch(
    () => undefined,
  );

/** Downloads the CLI with the SDK's own installer into `$PULUMI_HOME/bin`. */
export async function installCli(minimum: string): Promise<FoundCli> {
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<string>((resolve) => {
    timer = setTimeout(() => {
      resolve(`no answer within ${INSTALL_SECONDS} s`);
    }, INSTALL_SECONDS * 1000);
  });
  const failure = PulumiCommand.install({ root: pulumiHome() }).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)).split("\n")[0],
  );
  const problem = await Promise.race([failure, timedOut]);
  clearTimeout(timer);
  if (problem === undefined) return findCli(minimum);
  return {
    missing: `the pulumi CLI could not be downloaded (${problem}): ${howToGet(minimum)}`,
  };
}

const howToGet = (minimum: string): string =>
  `install ${minimum} or newer (https://www.pulumi.com/docs/install), or run with --install-cli`;

/** Where Pulumi's installer puts the CLI and this project its tools, in `bin`. */
export const pulumiHome = (): string => process.env.PULUMI_HOME ?? path.join(homedir(), ".pulumi");
