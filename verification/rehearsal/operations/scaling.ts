import assert from "node:assert/strict";
import { at } from "../../../simulation/resource";
import type { KubernetesObject } from "../../cluster/kubernetes";
import { configured } from "./apply";
import type { Operation, OperationGroup, OperationRun } from "./operation";

interface Autoscaler extends KubernetesObject {
  readonly metadata: KubernetesObject["metadata"] & {
    readonly ownerReferences?: readonly { readonly kind: string }[];
  };
}

const NAMESPACE = "prod";
const SERVICE = "task-service";
const OWNER_MILLISECONDS = 10_000;

/** Another autoscaler takes the place of the one that is there, and back. KEDA is played. */
export const scaling: OperationGroup = {
  name: "scaling on requests",
  short: true,
  needsKeda: true,
  operations: [
    change("scaled on requests in place of CPU", 50, "ScaledObject", [
      "6 create NetworkPolicy",
      "create Keda",
      "create Namespace",
      "create Release",
      "replace ScaledObject",
      "update PrometheusRule",
    ]),
    change("scaled on CPU again", 0, undefined, [
      "6 delete NetworkPolicy",
      "delete Keda",
      "delete Namespace",
      "delete Release",
      "replace HorizontalPodAutoscaler",
      "update PrometheusRule",
    ]),
  ],
};

/** @param owner kind that the one autoscaler belongs to afterwards; undefined: to nobody, it is the program's */
function change(
  name: string,
  taskServiceRequestsPerSecond: number,
  owner: string | undefined,
  steps: readonly string[],
): Operation {
  return {
    name,
    perform: async (run) => {
      const before = await podsWanted(run);
      const performed = await configured({ taskServiceRequestsPerSecond })(run);
      await becomesOwnedBy(run, owner);
      assert.equal(await podsWanted(run), before, "pods came or went");
      return performed;
    },
    expected: { steps, claims: "kept", restarted: [] },
  };
}

async function podsWanted({ engine }: OperationRun): Promise<unknown> {
  const { kubernetes } = engine.cluster;
  return at(await kubernetes.get("apps/v1", "Deployment", SERVICE, NAMESPACE), "spec.replicas");
}

/** KEDA makes its autoscaler a moment after the ScaledObject; nobody else makes one. */
async function becomesOwnedBy({ engine }: OperationRun, owner: string | undefined): Promise<void> {
  const deadline = Date.now() + OWNER_MILLISECONDS;
  for (;;) {
    const all = await engine.cluster.kubernetes.list<Autoscaler>(
      "autoscaling/v2",
      "HorizontalPodAutoscaler",
      NAMESPACE,
    );
    const owners = all.map(({ metadata }) => metadata.ownerReferences?.[0]?.kind);
    if (owners.length === 1 && owners[0] === owner) return;
    if (Date.now() > deadline) {
      throw new Error(
        `one autoscaler must be there, of ${owner ?? "nobody"}; got ${owners.length}, of ${owners.join(", ") || "nobody"}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
