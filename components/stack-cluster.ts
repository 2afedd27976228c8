import { createRequire } from "node:module";
import type * as eks from "./cluster/eks";
import type * as existing from "./existing-cluster/existing-cluster";
import { withOptionalPackages } from "./optional-packages";
import type { StackCluster } from "./platform";

/** A row a platform: its name, and what its cluster needs. */
export type StackClusterArgs =
  | ({ readonly platform: "eks" } & eks.EksArgs)
  | ({ readonly platform: "kubeconfig" } & existing.ExistingClusterArgs);

const requireHere = createRequire(__filename);

/**
 * Makes the stack's cluster, or connects to it. A platform's module is loaded where it is chosen only, so
 * that a stack elsewhere starts without the packages of AWS and needs none of them installed.
 */
export function createStackCluster({ platform, ...args }: StackClusterArgs): StackCluster {
  switch (platform) {
    case "eks": {
      const { createEks } = withOptionalPackages(
        "platform eks",
        () => requireHere("./cluster/eks") as typeof eks,
      );
      return createEks(args as eks.EksArgs);
    }
    case "kubeconfig": {
      const { ExistingCluster } = requireHere(
        "./existing-cluster/existing-cluster",
      ) as typeof existing;
      return new ExistingCluster("cluster", args as existing.ExistingClusterArgs);
    }
  }
}
