import assert from "node:assert/strict";
import Ajv from "ajv";
import { existsSync } from "node:fs";
import type { Recording } from "../../simulation/recorder";
import { recordStack } from "../../simulation/record-stack";
import { reveal } from "../../simulation/resource";
import { NODE_CLASS } from "../../verification/cluster/auto-mode/node-pools";
import { closed, crdFileValidator } from "../support/crd-schema";
import { absent } from "../support/external-tool";
import { dependenciesOf, find, input } from "../support/simulated";

const KARPENTER_CRD = "../shared/data/crds/karpenter.sh_nodepools.yaml";
const CLASS = "kubernetes:eks.amazonaws.com/v1:NodeClass";
const POOL = "kubernetes:karpenter.sh/v1:NodePool";

describe("the nodes of a cluster", () => {
  let prod: Recording;
  before(async () => {
    prod = await recordStack("prod");
  });

  const inputs = (type: string): unknown =>
    JSON.parse(JSON.stringify(reveal(find(prod, type).inputs)));

  it("are in the private subnets, and in no other", () => {
    const subnets = prod.resources.filter(
      ({ type, name }) => type === "aws:ec2/subnet:Subnet" && name.includes("-private-"),
    );
    assert.deepEqual(
      input(find(prod, CLASS), "spec.subnetSelectorTerms"),
      subnets.map(({ id }) => ({ id })),
    );
    assert.ok(subnets.length > 0);
  });

  it("have the role that EKS made an access entry for, and enforce network policies", () => {
    const role = find(prod, "aws:iam/role:Role", "cluster-nodeRole-role");
    const cluster = find(prod, "aws:eks/cluster:Cluster");
    assert.equal(input(cluster, "computeConfig.nodeRoleArn"), role.outputs.arn);
    assert.deepEqual(input(cluster, "computeConfig.nodePools"), ["system"]);
    assert.equal(input(find(prod, CLASS), "spec.role"), role.outputs.name);
    assert.equal(input(find(prod, CLASS), "spec.networkPolicy"), "DefaultAllow");
    const patch = "kubernetes:core/v1:ConfigMapPatch cluster-network-policies";
    for (const type of [CLASS, POOL]) {
      assert.ok(dependenciesOf(prod, find(prod, type)).includes(patch), type);
    }
  });

  it("are there before pods, and gone after them", () => {
    const pods = [
      ["kubernetes:helm.sh/v3:Release", "monitoring"],
      ["kubernetes:apps/v1:Deployment", "task-service"],
      ["aws:eks/addon:Addon", "cluster-metrics-server"],
    ] as const;
    for (const [type, name] of pods) {
      assert.ok(
        dependenciesOf(prod, find(prod, type, name)).includes(`${POOL} cluster-nodes`),
        type,
      );
    }
  });

  it("come from a pool that Karpenter's CRD admits", function () {
    if (!existsSync(KARPENTER_CRD)) absent(this, KARPENTER_CRD);
    const validate = crdFileValidator(KARPENTER_CRD);
    assert.ok(validate(inputs(POOL)), JSON.stringify(validate.errors));
    const misspelt = { ...(inputs(POOL) as object), spec: { limit: { cpu: "1" } } };
    assert.equal(validate(misspelt), false);
  });

  // Written from AWS' documentation: the CRD itself is not published.
  it("are of a class as the EKS User Guide documents it", () => {
    const validate = new Ajv({ strict: false, allErrors: true }).compile(
      closed(NODE_CLASS.spec as Record<string, unknown>),
    );
    const { spec } = inputs(CLASS) as { spec: object };
    assert.ok(validate(spec), JSON.stringify(validate.errors));
    assert.equal(validate({ ...spec, networkPolicies: "DefaultAllow" }), false);
  });
});
