import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { createPriorityClass } from "../../components/monitoring-stack/priority";
import { spreadOverZones } from "../../components/monitoring-stack/replicas";
import { Kubernetes, type KubernetesObject } from "../../verification/cluster/kubernetes";
import { type ControlPlane, controlPlane, eventually } from "../support/control-plane";
import { find, recordProgram } from "../support/simulated";

interface Pod extends KubernetesObject {
  readonly spec: { readonly nodeName?: string; readonly priority?: number };
}

/** Long enough for the scheduler to have looked at a pod that it has no place for. */
const LOOKED_AT_MILLISECONDS = 1_500;

describe("Kubernetes' scheduler", () => {
  let plane: ControlPlane | undefined;
  let kubernetes: Kubernetes;
  before(async function () {
    plane = await controlPlane(this);
    kubernetes = Kubernetes.open(plane.kubeconfig);
    await kubernetes.apply({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "default", namespace: "default" },
    });
    // As a cluster begins: one node, the others come when pods wait for them.
    for (const node of [2, 3]) await open(node, false);
  });
  after(() => plane?.stop());

  const open = (node: number, schedulable: boolean) =>
    kubernetes.patch(
      { apiVersion: "v1", kind: "Node", metadata: { name: `node-${node}` } },
      // A node that is not made yet has no zone that counts either.
      {
        metadata: {
          labels: { "topology.kubernetes.io/zone": schedulable ? `zone-${node}` : null },
        },
        spec: { unschedulable: schedulable ? null : true },
      },
    );

  const podsOf = async (name: string): Promise<readonly Pod[]> =>
    (await kubernetes.list<Pod>("v1", "Pod")).filter(
      ({ metadata }) => metadata.labels?.["app.kubernetes.io/name"] === name,
    );

  const nodesOf = async (name: string): Promise<readonly string[]> =>
    (await podsOf(name)).flatMap(({ spec }) => spec.nodeName ?? []).sort();

  const run = (name: string, replicas: number, spec: object) => {
    const labels = { "app.kubernetes.io/name": name };
    return kubernetes.apply({
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name, namespace: "default" },
      spec: {
        replicas,
        serviceName: name,
        podManagementPolicy: "Parallel",
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [CONTAINER], ...spec } },
      },
    } as KubernetesObject);
  };

  it("places both replicas on the one node of a cluster whose zones nobody can say", async () => {
    const topologySpreadConstraints = spreadOverZones("anywhere", undefined);
    await run("anywhere", 2, { topologySpreadConstraints });
    await eventually(async () => (await nodesOf("anywhere")).length === 2);
    assert.deepEqual(await nodesOf("anywhere"), ["node-1", "node-1"]);
  });

  it("places one replica on one node, though there are zones", async () => {
    await run("alone", 1, { topologySpreadConstraints: spreadOverZones("alone", 3) });
    await eventually(async () => (await nodesOf("alone")).length === 1);
  });

  it("lets the second replica wait for a node in another zone, where there are zones", async () => {
    const topologySpreadConstraints = spreadOverZones("prometheus", 3);
    await run("prometheus", 2, { topologySpreadConstraints });
    await eventually(async () => (await nodesOf("prometheus")).length === 1);
    await delay(LOOKED_AT_MILLISECONDS);
    assert.deepEqual(await nodesOf("prometheus"), ["node-1"]);
    await open(3, true);
    await eventually(async () => (await nodesOf("prometheus")).length === 2);
    assert.deepEqual(await nodesOf("prometheus"), ["node-1", "node-3"]);
  });

  it("places a third replica where there are two zones", async () => {
    await kubernetes.patch(
      {
        apiVersion: "apps/v1",
        kind: "StatefulSet",
        metadata: { name: "prometheus", namespace: "default" },
      },
      { spec: { replicas: 3 } },
    );
    await eventually(async () => (await nodesOf("prometheus")).length === 3);
    assert.deepEqual(new Set(await nodesOf("prometheus")), new Set(["node-1", "node-3"]));
  });

  it("makes room for monitoring on a full cluster", async () => {
    const recording = await recordProgram(() => void createPriorityClass("m", {}));
    const { inputs } = find(recording, "kubernetes:scheduling.k8s.io/v1:PriorityClass");
    const { metadata } = inputs as { metadata: { name: string } };
    await kubernetes.apply({
      ...inputs,
      apiVersion: "scheduling.k8s.io/v1",
      kind: "PriorityClass",
    } as unknown as KubernetesObject);
    const half = { containers: [{ ...CONTAINER, resources: { requests: { cpu: "900m" } } }] };
    await run("service", 4, half);
    await eventually(async () => (await nodesOf("service")).length === 4);
    await run("latecomer", 1, half);
    await delay(LOOKED_AT_MILLISECONDS);
    assert.deepEqual(await nodesOf("latecomer"), []);
    await run("monitoring", 1, { ...half, priorityClassName: metadata.name });
    await eventually(async () => (await nodesOf("monitoring")).length === 1);
    assert.deepEqual(
      (await podsOf("monitoring")).map(({ spec }) => spec.priority),
      [inputs.value],
    );
    assert.equal((await nodesOf("service")).length, 3);
  });
});

const CONTAINER = { name: "app", image: "example.com/app:1" };
