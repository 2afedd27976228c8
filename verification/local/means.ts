import { findKubernetesProvider, KUBERNETES_PROVIDER, pulumiBin } from "../plain-cli/attached";
import { quotesInstalled } from "../proof/apps";
import { type Means as ProofMeans, meansOf, type ProofOptions } from "../proof/means";
import { type Cli, findCli } from "../rehearsal/cli";
import { requiredVersion } from "../rehearsal/tools";

/** The command line. */
export type LocalOptions = Omit<ProofOptions, "json">;

/** What the local stack needs to be tried: all that the proof does, and the plain CLI. */
export interface Means extends ProofMeans {
  readonly cli: Cli;
}

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
  if (findKubernetesProvider() === undefined) {
    return {
      skipped: `no ${KUBERNETES_PROVIDER} on PATH or in ${pulumiBin()}: the Kubernetes provider is the real one`,
    };
  }
  return { ...means, cli };
}
