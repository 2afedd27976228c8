import assert from "node:assert/strict";
import { scheduleUp } from "../../simulation/account/up-schedule";
import { scheduleDestroy } from "../../simulation/account/destroy-schedule";
import { type Check, savedAs, type Stage } from "./checks";
import { programResources } from "./comparison";
import { type Entry, withEntries } from "./state";

/** A destroy leaves nothing; with a broken order, what it leaves is found. */
export const destroyChecks: readonly Check[] = [
  { name: "destroy leaves the account empty", run: destroyed },
  { name: "a volume that nothing waits for is caught", run: volumeLeaks },
  { name: "a load balancer whose class goes first is caught", run: loadBalancerLeaks },
];

async function destroyed(stage: Stage): Promise<string> {
  const { engine } = stage;
  engine.restore(savedAs(stage, "unprotected"));
  const resources = programResources(engine.state());
  const before = engine.account.inventory();
  const { timeline } = engine.account;
  const start = timeline.now;
  timeline.quietMilliseconds = PATIENT_MILLISECONDS;
  const destroy = await engine.destroy({ parallel: WIDE });
  assert.ok(destroy.ok, destroy.console);
  assert.deepEqual(engine.account.inventory(), []);
  const seconds = timeline.now - start;
  const plain = resources.map((resource) => ({
    ...resource,
    ...engine.account.known(resource.urn),
  }));
  const simulated = scheduleDestroy(plain, scheduleUp(plain, engine.cloud), engine.cloud).seconds;
  assert.ok(
    Math.abs(seconds - simulated) <= simulated * MOST_DIFFERENCE,
    `destroy must take what npm start says, ${simulated} s; got ${seconds} s`,
  );
  return `${before.length} resources and objects gone, 0 left, ${seconds} s (simulation: ${simulated} s)`;
}

/** Long enough for the engine to send all deletes of a wave, however busy the machine is. */
const PATIENT_MILLISECONDS = 150;
/** A delete that the engine sends later counts as one more wave, which is a few seconds. */
const MOST_DIFFERENCE = 0.02;

/** Parallel deletes: all of a wave at once, as in the simulation. */
const WIDE = 100;

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
    return [...entries.filter((entry) => entry !== ingressClass), ingressClass];
  });
  const balancers = left.filter((line) => line.startsWith("LoadBalancer "));
  assert.ok(balancers.length > 0, `no load balancer is left: ${left.join()}`);
  return `${balancers.length} load balancer left`;
}

async function destroyBroken(stage: Stage, edit: (entries: Entry[]) => Entry[]): Promise<string[]> {
  const { engine } = stage;
  const saved = savedAs(stage, "unprotected");
  engine.restore({ ...saved, checkpoint: withEntries(saved.checkpoint, edit) });
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
