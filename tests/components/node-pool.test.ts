import assert from "node:assert/strict";
import Ajv from "ajv";
import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Recording } from "../../simulation/recorder";
import { recordStack } from "../../simulation/record-stack";
import { reveal } from "../../simulation/resource";
import { NODE_CLASS } from "../../verification/cluster/auto-mode/node-pools";
import { Kubernetes, type KubernetesObject } from "../../verification/cluster/kubernetes";
import { controlPlane, eventually } from "../support/control-plane";
import { closed, crdFileValidator } from "../support/crd-schema";
import { absent } from "../support/external-tool";
import { dependenciesOf, find, input } from "../support/simulated";

const KARPENTER_CRD = "../shared/data/crds/karpenter.sh_nodepools.yaml";
const CLASS = "kubernetes:eks.amazonaws.com/v1:NodeClass";
const POOL = "kubernetes:karpenter.sh/v1:NodePool";

interface PoolSpec {
  readonly template: { readonly spec: Readonly<Record<string, unknown>> };
  readonly disruption: object;
  readonly limits: object;
}

/** Each is as the stack's own with one thing changed that Kubernetes has to refuse. */
const WRONG: readonly (readonly [why: string, change: object])[] = [
  ["must be set with 'duration'", { disruption: budget({ schedule: "0 9 * * *" }) }],
  ["must be set with 'duration'", { disruption: budget({ duration: "8h" }) }],
  ["duration", { disruption: budget({ schedule: "@daily", duration: "90s" }) }],
  ["nodes", { disruption: budget({ nodes: "150%" }) }],
  ["reasons", { disruption: budget({ reasons: ["Expired"] }) }],
  ["limits", { limits: { cpu: "many" } }],
];

function budget(fields: object): object {
  return {
    consolidationPolicy: "WhenEmptyOrUnderutilized",
    consolidateAfter: "30s",
    budgets: [{ nodes: "0", ...fields }],
  };
}

describe("the nodes of a cluster", () => {
  let prod: Recording;
  let full: Recording;
  before(async () => {
    prod = await recordStack("prod");
    full = await recordStack("full", { configFile: "tests/stacks/Pulumi.full.yaml" });
  });

  const inputs = (type: string, of = prod): unknown =>
    JSON.parse(JSON.stringify(reveal(find(of, type).inputs)));
  const spec = (of: Recording) => (inputs(POOL, of) as { spec: PoolSpec }).spec;

  it("are as in Auto Mode's own pool where nothing else is said", () => {
    const { template, disruption, limits } = spec(prod);
    const isIn = (key: string, ...values: string[]) => ({ key, operator: "In", values });
    assert.deepEqual(template.spec, {
      nodeClassRef: { group: "eks.amazonaws.com", kind: "NodeClass", name: "private" },
      requirements: [
        isIn("kubernetes.io/arch", "amd64"),
        isIn("karpenter.sh/capacity-type", "on-demand"),
        isIn("eks.amazonaws.com/instance-category", "c", "m", "r"),
        { key: "eks.amazonaws.com/instance-generation", operator: "Gt", values: ["4"] },
      ],
      expireAfter: "336h",
    });
    assert.deepEqual(disruption, {
      consolidationPolicy: "WhenEmptyOrUnderutilized",
      consolidateAfter: "30s",
    });
    assert.deepEqual(limits, { cpu: "64" });
  });

  it("are what the keys say: architecture, categories, ceiling, expiry, budgets", () => {
    const { template, disruption, limits } = spec(full);
    const requirements = JSON.stringify(template.spec.requirements);
    assert.match(requirements, /"kubernetes.io\/arch","operator":"In","values":\["arm64"\]/);
    assert.match(requirements, /instance-category","operator":"In","values":\["m","r"\]/);
    assert.equal(template.spec.expireAfter, "168h");
    assert.deepEqual(limits, { cpu: "40" });
    assert.deepEqual((disruption as { budgets: unknown }).budgets, [
      { nodes: "20%" },
      {
        nodes: "0",
        reasons: ["Underutilized", "Drifted"],
        schedule: "0 9 * * mon-fri",
        duration: "8h",
      },
    ]);
  });

  it("are in a zone that is added too, and keep role and security group", () => {
    const { ignoreChanges } = find(prod, CLASS);
    assert.deepEqual(ignoreChanges, ["spec.securityGroupSelectorTerms", "spec.role"]);
  });

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
    for (const of of [prod, full]) {
      assert.ok(validate(inputs(POOL, of)), JSON.stringify(validate.errors));
    }
    const misspelt = { ...(inputs(POOL) as object), spec: { limit: { cpu: "1" } } };
    assert.equal(validate(misspelt), false);
  });

  it("come from a pool that a real API server takes with Karpenter's CRD, and no wrong one", async function () {
    this.timeout(120_000);
    if (!existsSync(KARPENTER_CRD)) absent(this, KARPENTER_CRD);
    const plane = await controlPlane(this);
    try {
      const kubernetes = Kubernetes.open(plane.kubeconfig);
      const text = readFileSync(KARPENTER_CRD, "utf8").replaceAll(/^.*\{\{.*$/gm, "");
      await kubernetes.apply(parse(text) as KubernetesObject);
      await eventually(() => kubernetes.client.path("karpenter.sh/v1", "NodePool"));
      const refusal = async (change: object, of = full): Promise<string> => {
        const pool = inputs(POOL, of) as { spec: object };
        const body = { ...pool, spec: { ...pool.spec, ...change } };
        const call = { method: "POST", body } as const;
        const path = "/apis/karpenter.sh/v1/nodepools?dryRun=All&fieldValidation=Strict";
        return kubernetes.client.call(path, call).then(
          () => "",
          (error: unknown) => String(error),
        );
      };
      for (const of of [prod, full]) assert.equal(await refusal({}, of), "");
      for (const [why, change] of WRONG) {
        const told = await refusal(change);
        assert.ok(told.includes("is invalid") && told.includes(why), `${why} in: ${told}`);
      }
    } finally {
      await plane.stop();
    }
  });

  // Written from AWS' documentation: the CRD itself is not published.
  it("are of a class as the EKS User Guide documents it", () => {
    const validate = new Ajv({ strict: false, allErrors: true }).compile(
      closed(NODE_CLASS.spec as Record<string, unknown>),
    );
    for (const of of [prod, full]) {
      const { spec: own } = inputs(CLASS, of) as { spec: object };
      assert.ok(validate(own), JSON.stringify(validate.errors));
      assert.equal(validate({ ...own, networkPolicies: "DefaultAllow" }), false);
      assert.equal(validate({ ...own, tags: { team: 7 } }), false);
    }
  });
});
