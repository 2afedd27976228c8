import path from "node:path";
import { findExecutable } from "../executable";
import { quotesInstalled } from "../proof/apps";
import { type Means as ProofMeans, meansOf, type ProofOptions } from "../proof/means";
import { type Cli, findCli, pulumiHome } from "../rehearsal/cli";
import { requiredVersion } from "../rehearsal/tools";

/** The command line. */
export type LocalOptions = Omit<ProofOptions, "json">;

/** What the local stack needs to be tried: all that the proof does, and the plain CLI. */
export interface Means extends ProofMeans {
  readonly cli: Cli;
}

const PROVIDER = "pulumi-resource-kubernetes";

/** @returns what is there, or one sentence of what is not */
export async function localMeans(
  options: LocalOptions,
): Promise<Means | { readonly skipped: string }> {
  const means = meansOf(options);
  if ("skipped" in means) return means;
  if (!quotesInstalled()) {
    return { skipped: "services/quote-service: its dependencies are not installed. Fix: npm ci" };
  }
  const cli = await findCli(requiredVersion());
  if ("missing" in cli) return { skipped: cli.missing };
  const bin = path.join(pulumiHome(), "bin");
  if (findExecutable(PROVIDER, [bin]) === undefined) {
    return {
      skipped: `no ${PROVIDER} on PATH or in ${bin}: the Kubernetes provider is the real one`,
    };
  }
  return { ...means, cli };
}
