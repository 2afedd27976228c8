import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { scheduleUp } from "../../simulation/account/up-schedule";
import { controllerMade } from "../../simulation/account/controllers";
import { scheduleDestroy } from "../../simulation/account/destroy-schedule";
import { type Leftover, leftovers } from "../../simulation/account/leftovers";
import { runProgram } from "../../simulation/program";
import { record, type Recording } from "../../simulation/recorder";
import type { Resource } from "../../simulation/resource";
import { recordStack } from "../../simulation/record-stack";
import { readStackFiles } from "../../simulation/stack-files";
import { cloud, ROOT } from "../support/simulated";
import { BrokenGraph } from "../support/broken-graph";

/** What somebody got wrong, what leaks, and why. */
interface Mistake {
  readonly what: string;
  readonly spoil: (graph: BrokenGraph) => BrokenGraph;
  readonly kind: string;
  readonly reason: RegExp;
}

const MISTAKES: readonly Mistake[] = [
  {
    what: "an Ingress that names its class in plain text and forgets the release",
    spoil: (graph) => graph.uproot("Ingress"),
    kind: "LoadBalancer",
    reason: /was being deleted before its Ingress was gone/,
  },
  {
    what: "an ingress class that is made after the release",
    spoil: (graph) => graph.forgetEdgesTo("IngressClass").after("IngressClass", "Release"),
    kind: "LoadBalancer",
    reason: /IngressClass cluster-alb was being deleted before its Ingress was gone/,
  },
  {
    what: "class parameters that nothing holds",
    spoil: (graph) =>
      graph.forgetEdgesTo("IngressClassParams").after("IngressClassParams", "Release"),
    kind: "LoadBalancer",
    reason: /IngressClassParams cluster-alb-params was being deleted before/,
  },
  {
    what: "a Kubernetes provider that forgets the cluster",
    spoil: (graph) => graph.uproot("kubernetes").forgetEdgesTo("Sleep", "NodePool"),
    kind: "LoadBalancer",
    reason: /was being deleted before its Ingress was gone/,
  },
  {
    what: "objects on the cluster that are deleted when it is already going",
    spoil: (graph) => graph.uproot("kubernetes").forgetEdgesTo("Sleep", "NodePool"),
    kind: "kubernetes:core/v1:Namespace",
    reason: /was being deleted before it was gone/,
  },
  {
    what: "a way out of the private subnets that is made last",
    spoil: (graph) =>
      graph.forgetEdgesTo("Route cluster-nat").after("Route cluster-nat", "Release"),
    kind: "LoadBalancer",
    reason: /Route .+ was being deleted before its Ingress was gone/,
  },
  {
    what: "an Ingress with retainOnDelete in a namespace that nobody deletes",
    spoil: (graph) => graph.retain("Ingress").drop("Namespace"),
    kind: "LoadBalancer",
    reason: /its Ingress was never deleted: it has retainOnDelete/,
  },
  {
    what: "an Ingress with retainOnDelete, which its namespace deletes after its class",
    spoil: (graph) => graph.retain("Ingress"),
    kind: "LoadBalancer",
    reason: /IngressClass cluster-alb was being deleted before its Ingress was gone/,
  },
  {
    what: "no time for the volumes between their claims and the cluster",
    spoil: (graph) => graph.drop("Addon", "Deployment").set("Sleep", "destroyDuration", "0s"),
    kind: "Volume",
    reason: /the cluster's deletion began \d+ s before the volume was gone/,
  },
  {
    what: "claims that outlive the release in a namespace that nobody deletes",
    spoil: (graph) => graph.drop("Namespace"),
    kind: "Volume",
    reason: /its claim outlives the release, and nothing deletes the namespace/,
  },
  {
    what: "a release with retainOnDelete in a namespace that nobody deletes",
    spoil: (graph) => graph.retain("Release").drop("Namespace"),
    kind: "Volume",
    reason: /nothing deletes the namespace/,
  },
  {
    what: "an Ingress with deletedWith the cluster",
    spoil: (graph) => graph.deletedWith("Ingress", "Cluster").drop("Namespace"),
    kind: "LoadBalancer",
    reason:
      /its Ingress was never deleted: it has deletedWith Cluster cluster-eksCluster, so that no call/,
  },
  {
    what: "an Ingress with deletedWith the cluster, whose namespace goes later than its class",
    spoil: (graph) => graph.deletedWith("Ingress", "Cluster"),
    kind: "LoadBalancer",
    reason: /IngressClass cluster-alb was being deleted before its Ingress was gone/,
  },
  {
    what: "everything in a namespace with deletedWith the cluster",
    spoil: (graph) => graph.deletedWith("Ingress", "Cluster").deletedWith("Namespace", "Cluster"),
    kind: "LoadBalancer",
    reason: /its Ingress was never deleted: it has deletedWith Cluster/,
  },
  {
    what: "a release and its namespace with deletedWith the cluster",
    spoil: (graph) => graph.deletedWith("Release", "Cluster").deletedWith("Namespace", "Cluster"),
    kind: "Volume",
    reason: /nothing deletes the namespace/,
  },
  {
    what: "a table with deletedWith a cluster that does not take it along",
    spoil: (graph) => graph.deletedWith("Table", "Cluster"),
    kind: "aws:dynamodb/table:Table",
    reason: /it has deletedWith Cluster cluster-eksCluster, so that no call deleted it/,
  },
  {
    what: "subnets with retainOnDelete, which keep their VPC",
    spoil: (graph) => graph.retain("Subnet"),
    kind: "aws:ec2/vpc:Vpc",
    reason: /Subnet cluster-\S+ was still there/,
  },
  {
    what: "a storage class that retains",
    spoil: (graph) => graph.set("StorageClass", "reclaimPolicy", "Retain"),
    kind: "Volume",
    reason: /StorageClass gp3 does not have reclaimPolicy Delete/,
  },
  {
    what: "a release that forgets its namespace",
    spoil: (graph) =>
      graph.forgetEdgesTo("Namespace monitoring").after("Namespace monitoring", "Release"),
    kind: "kubernetes:helm.sh/v3:Release",
    reason: /Namespace monitoring was being deleted before it/,
  },
  {
    what: "a cluster with retainOnDelete",
    spoil: (graph) => graph.retain("Cluster"),
    kind: "NetworkInterface",
    reason: /the cluster was never deleted/,
  },
  {
    what: "a cluster and its pool of nodes with retainOnDelete",
    spoil: (graph) => graph.retain("Cluster").retain("NodePool"),
    kind: "Node",
    reason: /neither its pool nor the cluster was ever deleted/,
  },
  {
    what: "a pool of nodes that goes before what runs on them",
    spoil: (graph) => graph.forgetEdgesTo("NodePool").after("NodePool", "Release"),
    kind: "kubernetes:helm.sh/v3:Release",
    reason: /NodePool cluster-nodes was being deleted before it was gone/,
  },
  {
    what: "a class of nodes that goes before their pool",
    spoil: (graph) => graph.forgetEdgesTo("NodeClass").after("NodeClass", "NodePool"),
    kind: "kubernetes:eks.amazonaws.com/v1:NodeClass",
    reason: /NodePool cluster-nodes was still there/,
  },
  {
    what: "a repository without forceDelete",
    spoil: (graph) => graph.set("Repository", "forceDelete", false),
    kind: "Image",
    reason: /nothing deletes its repository by force/,
  },
  {
    what: "control-plane logs, which EKS writes to a group of its own",
    spoil: (graph) => graph.set("Cluster", "enabledClusterLogTypes", ["audit"]),
    kind: "LogGroup",
    reason: /EKS makes the log group itself/,
  },
  {
    what: "a table with retainOnDelete",
    spoil: (graph) => graph.retain("Table"),
    kind: "aws:dynamodb/table:Table",
    reason: /it has retainOnDelete/,
  },
];

function destroy(resources: readonly Resource[]): Leftover[] {
  const up = scheduleUp(resources, cloud);
  const made = controllerMade(resources, up.spans, cloud);
  return leftovers(resources, made, scheduleDestroy(resources, up, cloud).spans, cloud);
}

describe("what a destroy leaves over", () => {
  let prod: Recording;
  before(async () => {
    prod = await recordStack("prod");
  });

  for (const stack of ["prod", "dev"] as const) {
    it(`is nothing for ${stack}`, async () => {
      const { resources } = await recordStack(stack);
      assert.deepEqual(destroy(resources), []);
    });
  }

  for (const { what, spoil, kind, reason } of MISTAKES) {
    it(`shows ${what}`, () => {
      const left = destroy(spoil(new BrokenGraph(prod)).resources);
      const leak = left.find((leftover) => leftover.kind === kind && reason.test(leftover.reason));
      assert.ok(leak, `no ${kind} because ${String(reason)} in ${JSON.stringify(left, null, 2)}`);
    });
  }

  it("is a ScaledObject that nobody finalizes, and its namespace, where KEDA goes first", async () => {
    const config = { taskServiceRequestsPerSecond: "50" };
    const scaled = await recordStack("prod", { config });
    assert.deepEqual(destroy(scaled.resources), []);
    const spoilt = new BrokenGraph(scaled).forgetEdgesTo("Release keda");
    const left = destroy(spoilt.after("Release keda", "ScaledObject").resources);
    const reason = "Release keda was being deleted before it was gone";
    assert.ok(left.some((each) => each.kind.endsWith(":ScaledObject") && each.reason === reason));
  });

  it("is nothing for what goes with the container that it is left to", () => {
    const taken = new BrokenGraph(prod)
      .deletedWith("AccessEntry", "Cluster")
      .deletedWith("PodIdentityAssociation", "Cluster")
      .deletedWith("ConfigMap", "Namespace monitoring");
    assert.deepEqual(destroy(taken.resources), []);
  });

  for (const [component, child] of [
    ["awsx:ec2:Vpc", "aws:ec2/subnet:Subnet"],
    ["eks:index:Cluster", "aws:eks/cluster:Cluster"],
  ] as const) {
    it(`is what is in ${component} when that has retainOnDelete`, async () => {
      const { project, config, secretKeys } = readStackFiles(ROOT, "prod");
      const run = { project, stack: "prod", cloud, config, secretKeys };
      const { resources } = await record(run, () => {
        pulumi.runtime.registerResourceTransform(({ type, props, opts }) =>
          type === component ? { props, opts: { ...opts, retainOnDelete: true } } : undefined,
        );
        return runProgram();
      });
      const left = destroy(resources).filter(({ kind }) => kind === child);
      assert.ok(left.length > 0);
      for (const { reason } of left) assert.equal(reason, "it has retainOnDelete");
    });
  }

  it("is billed, and keeps the VPC as long as a load balancer is in it", () => {
    const left = destroy(new BrokenGraph(prod).retain("Ingress").resources);
    const loadBalancer = left.find(({ kind }) => kind === "LoadBalancer");
    assert.ok(loadBalancer && loadBalancer.monthlyUsd > 20);
    assert.ok(left.some(({ kind }) => kind === "aws:ec2/vpc:Vpc"));
  });

  it("is not worked out for resources that depend on each other in a circle", () => {
    const circle = new BrokenGraph(prod).after("IngressClass", "Ingress");
    assert.throws(() => destroy(circle.resources), /depends on itself/);
  });
});
