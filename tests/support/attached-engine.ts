import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Context } from "mocha";
import { Cloud } from "../../simulation/cloud/cloud";
import { readStackFiles } from "../../simulation/stack-files";
import {
  attach,
  findKubernetesProvider,
  KUBERNETES_PROVIDER,
} from "../../verification/plain-cli/attached";
import { newAccount } from "../../verification/rehearsal/engine-setup";
import { providerPackages } from "../../verification/rehearsal/packages";
import { endProviders } from "../../verification/rehearsal/provider-process";
import { missing } from "./external-tool";
import { type Finished, isolated, pulumiCli, run } from "./pulumi-cli";
import { ROOT } from "./simulated";

/** The plain CLI, whose engine runs a project's program against the simulated account. */
export interface AttachedEngine {
  /** Temporary: the CLI's home and state are here, and the test's own files may be. */
  readonly folder: string;
  /** In it: where the engine looks for programs first. */
  readonly bin: string;
  pulumi(cwd: string, ...args: string[]): Promise<Finished>;
  close(): void;
}

/**
 * What comes with an installed CLI is attached: the language host, and every provider but that of
 * Kubernetes, which a preview asks nothing that needs a cluster. Skips the test where the CLI or that
 * provider is not there.
 * @param projectOf path of the project, in the temporary folder or elsewhere
 */
export async function attachedEngine(
  test: Context,
  stack: string,
  projectOf: (folder: string) => string,
): Promise<AttachedEngine> {
  const cli = await pulumiCli();
  if (cli === undefined) return missing(test, "no pulumi CLI on PATH or in $PULUMI_HOME/bin");
  const provider = findKubernetesProvider();
  if (provider === undefined)
    return missing(test, `${KUBERNETES_PROVIDER} on PATH or in $PULUMI_HOME/bin`);

  const folder = mkdtempSync(path.join(tmpdir(), "attached-engine-"));
  const home = path.join(folder, "home");
  const state = path.join(folder, "state");
  const bin = path.join(folder, "bin");
  for (const each of [home, state, bin]) mkdirSync(each);
  const account = newAccount(Cloud.of(readStackFiles(ROOT, stack).config), undefined);
  const attached = await attach(projectOf(folder), providerPackages(ROOT), account);
  const own = isolated(cli, home, state);
  const env = {
    ...own,
    PATH: [bin, path.dirname(provider), own.PATH].join(path.delimiter),
    PULUMI_STACK: stack,
    ...attached.env,
  };
  return {
    folder,
    bin,
    pulumi: (cwd, ...args) => run(cli, [...args, "--color", "never"], cwd, env),
    close: () => {
      endProviders(folder);
      attached.close();
      rmSync(folder, { recursive: true });
    },
  };
}
