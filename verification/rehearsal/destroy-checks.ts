import assert from "node:assert/strict";
import { staysOnPurpose } from "../cluster/objects";
import { beUp, type Check, type Stage } from "./checks";
import type { Engine, Outcome } from "./engine";
import { type Entry, withEntries } from "./state";

/** A destroy leaves nothing; with a broken order, what it leaves is found. */
export const destroyChecks: readonly Check[] = [
  { name: "destroy leaves the account empty", run: destroyed },
  { name: "a volume that nothing waits for is caught", run: volumeLeaks },
  { name: "a load balancer whose class goes first is caught", run: loadBalancerLeaks },
];

/** Parallel deletes: all of a wave at once. */
const WIDE = 100;
async function destroyed(stage: Stage): Promise<string> {
  const { engine } = stage;
  await beUp(stage);
  const before = engine.account.inventory();
  leavesNothing(engine, await engine.destroy({ parallel: WIDE }));
  return `${before.length} resources and objects gone, 0 left; until the cluster's end stay ${engine.cluster.objectsAtEnd.length} objects: CRDs, the kubelet's Service, what every cluster has`;
}

/** A destroy that was asked for. What was still in the cluster at its end shows what nobody had deleted. */
export function leavesNothing({ account, cluster }: Engine, destroy: Outcome): void {
  assert.ok(destroy.ok, destroy.console);
  assert.deepEqual(account.inventory(), []);
  const unexpected = cluster.objectsAtEnd.filter(
    (line) => !staysOnPurpose(line) && !OF_CLUSTER.some((each) => each.test(line)),
  );
  assert.deepEqual(unexpected, [], "left in the cluster until its end");
}

/** What EKS brings, and what every cluster has. */
const OF_CLUSTER = [
  /^CustomResourceDefinition .*\.(eks\.amazonaws\.com|karpenter\.sh)$/,
  /^(ClusterRole|ClusterRoleBinding|APIService|FlowSchema|PriorityLevelConfiguration|Namespace|IPAddress|ServiceCIDR) /,
  /^PriorityClass system-/,
  / (default|kube-node-lease|kube-public)\//,
];

/** Takes out of the state whatever takes time between the claims' deletion and the cluster's. */
async function volumeLeaks(stage: Stage): Promise<string> {
  const slow = ["time:index/sleep:Sleep", "aws:eks/addon:Addon", "kubernetes:apps/v1:Deployment"];
  const left = await destroyBroken(stage, (entries) => {
    const gone = entries.filter(({ type }) => slow.includes(type));
    assert.ok(
      gone.some(({ type }) => type === slow[0]),
      "nothing waits for the volumes",
    );
    for (const entry of entries)
      gone.forEach(({ urn }) => {
        forget(entry, urn);
      });
    return entries.filter((entry) => !gone.includes(entry));
  });
  const volumes = left.filter((line) => line.startsWith("Volume "));
  assert.ok(volumes.length > 0, `no volume is left: ${left.join()}`);
  return `${volumes.length} volumes left`;
}

/** Makes the class depend on its Ingress, so that the class is deleted first. */
async function loadBalancerLeaks(stage: Stage): Promise<string> {
  const left = await destroyBroken(stage, (entries) => {
    const ofType = (type: string) => entries.find((entry) => entry.type.endsWith(type));
    const ingress = ofType("k8s.io/v1:Ingress");
    const ingressClass = ofType(":IngressClass");
    assert.ok(ingress && ingressClass);
    for (const entry of entries) forget(entry, ingressClass.urn);
    ingressClass.dependencies = [...(ingressClass.dependencies ?? []), ingress.urn];
    // Nobody takes its finalizer off any more: the provider would wait for ten minutes.
    ingress.customTimeouts = { delete: 20 };
    return [...entries.filter((entry) => entry !== ingressClass), ingressClass];
  });
  const balancers = left.filter((line) => line.startsWith("LoadBalancer "));
  assert.ok(balancers.length > 0, `no load balancer is left: ${left.join()}`);
  return `${balancers.length} load balancer left`;
}

async function destroyBroken(stage: Stage, edit: (entries: Entry[]) => Entry[]): Promise<string[]> {
  const { engine } = stage;
  await engine.startAgain();
  await beUp(stage);
  engine.writeCheckpoint(withEntries(engine.checkpoint(), edit));
  await engine.destroy({ parallel: WIDE });
  return engine.account.inventory();
}

function forget(entry: Entry, urn: string): void {
  const others = (urns: readonly string[]) => urns.filter((other) => other !== urn);
  entry.dependencies = others(entry.dependencies ?? []);
  entry.propertyDependencies = Object.fromEntries(
    Object.entries(entry.propertyDependencies ?? {}).map(([key, urns]) => [
      key,
      others(urns ?? []),
    ]),
  );
}
