import path from "node:path";
import { findExecutable } from "../executable";
import type { SimulatedAccount } from "../rehearsal/account";
import { pulumiHome } from "../rehearsal/cli";
import { serveLanguage } from "../rehearsal/language";
import type { ProviderPackage } from "../rehearsal/packages";
import { serveProviders } from "../rehearsal/providers";
import { runIn } from "./program";

/** What comes with an installed CLI, served by this process. */
export interface Attached {
  /** By which an engine finds it. */
  readonly env: Readonly<Record<string, string>>;
  close(): void;
}

/**
 * Serves the language host of a project, and providers that work on a simulated account. That of Kubernetes
 * is the real one, a program.
 */
export async function attach(
  project: string,
  simulated: readonly ProviderPackage[],
  account: SimulatedAccount,
): Promise<Attached> {
  const providers = await serveProviders(simulated, { account });
  const language = await serveLanguage(runIn(project));
  return {
    env: {
      PULUMI_DEBUG_PROVIDERS: providers.attach,
      PULUMI_DEBUG_LANGUAGES: language.attach,
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    },
    close: () => {
      language.close();
      providers.close();
    },
  };
}

export const KUBERNETES_PROVIDER = "pulumi-resource-kubernetes";

/** Where installed plugins are. */
export const pulumiBin = (): string => path.join(pulumiHome(), "bin");

export const findKubernetesProvider = (): string | undefined =>
  findExecutable(KUBERNETES_PROVIDER, [pulumiBin()]);
