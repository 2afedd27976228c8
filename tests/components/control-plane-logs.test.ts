import assert from "node:assert/strict";
import path from "node:path";
import { controllerMade } from "../../simulation/account/controllers";
import { scheduleDestroy } from "../../simulation/account/destroy-schedule";
import { leftovers } from "../../simulation/account/leftovers";
import { orderProblems } from "../../simulation/account/up-order";
import { scheduleUp } from "../../simulation/account/up-schedule";
import { recordStack } from "../../simulation/record-stack";
import type { Resource } from "../../simulation/resource";
import { BrokenGraph } from "../support/broken-graph";
import { find, input, ROOT } from "../support/simulated";

const GROUP = "aws:cloudwatch/logGroup:LogGroup";
const CLUSTER = "aws:eks/cluster:Cluster";

describe("the logs of the control plane", () => {
  let full: Awaited<ReturnType<typeof recordStack>>;
  before(async () => {
    const configFile = path.join(ROOT, "tests", "stacks", "Pulumi.full.yaml");
    full = await recordStack("full", { configFile });
  });

  /** Log groups that a destroy leaves, and why. */
  const left = (resources: readonly Resource[]): string[] => {
    const { cloud } = full;
    const up = scheduleUp(resources, cloud);
    const made = controllerMade(resources, up.spans, cloud);
    const { spans } = scheduleDestroy(resources, up, cloud);
    return leftovers(resources, made, spans, cloud)
      .filter(({ kind }) => kind === "LogGroup")
      .map(({ reason }) => reason);
  };

  it("go to a group of the stack's, for as many days as are given", () => {
    const group = find(full, GROUP);
    assert.equal(group.inputs.name, "/aws/eks/observed/cluster");
    assert.equal(group.inputs.retentionInDays, 90);
    assert.deepEqual(input(find(full, CLUSTER), "enabledClusterLogTypes"), [
      "audit",
      "authenticator",
    ]);
  });

  it("have their group before the cluster, or EKS would make it", () => {
    assert.deepEqual(orderProblems(full.resources), []);
    const unordered = new BrokenGraph(full).forgetEdgesTo("Sleep cluster-log-delivery");
    assert.match(
      orderProblems(unordered.resources).join(),
      /Cluster cluster-eksCluster must be made after LogGroup cluster-logs, because EKS would make the log group itself/,
    );
  });

  it("leave nothing, and would where nobody waited for the last of them", () => {
    assert.deepEqual(left(full.resources), []);
    const hasty = new BrokenGraph(full).set("Sleep cluster-log", "destroyDuration", "60s");
    assert.deepEqual(left(hasty.resources), [
      "it was deleted before the cluster's last logs came, for which EKS made it anew",
    ]);
  });

  it("are nobody's, unless a stack asks for them", async () => {
    const { resources } = await recordStack("prod");
    assert.ok(!resources.some(({ type }) => type === GROUP));
  });
});
