import assert from "node:assert/strict";
import { orderProblems } from "../../simulation/account/up-order";
import type { Recording } from "../../simulation/recorder";
import { recordStack } from "../../simulation/record-stack";
import { dependenciesOf, find, input, PROJECT_NAME } from "../support/simulated";

const CLASS = "kubernetes:eks.amazonaws.com/v1:NodeClass";
const PARAMS = "kubernetes:eks.amazonaws.com/v1:IngressClassParams";
const STORAGE = "kubernetes:storage.k8s.io/v1:StorageClass";
const POLICY = "aws:iam/rolePolicy:RolePolicy";

const withTags = (tags: Readonly<Record<string, string>>): Promise<Recording> =>
  recordStack("prod", { config: { tags: JSON.stringify(tags) } });

describe("tags of the user", () => {
  const all = {
    "cost-center": "platform",
    "a-team": "x=y",
    project: PROJECT_NAME,
    stack: "prod",
    "managed-by": "pulumi",
  };
  let tagged: Recording;
  let plain: Recording;
  before(async () => {
    tagged = await withTags({ "cost-center": "platform", "a-team": "x=y" });
    plain = await recordStack("prod");
  });

  it("are on all that Pulumi makes in AWS, with the stack's own", () => {
    const provider = find(tagged, "pulumi:providers:aws", "aws");
    assert.deepEqual(JSON.parse(String(input(provider, "defaultTags"))), { tags: all });
  });

  it("are, with the stack's own, on nodes, volumes and load balancers", () => {
    assert.deepEqual(input(find(tagged, CLASS), "spec.tags"), all);
    const pairs = input(find(tagged, PARAMS), "spec.tags") as { key: string; value: string }[];
    assert.deepEqual(Object.fromEntries(pairs.map(({ key, value }) => [key, value])), all);
    assert.deepEqual(input(find(tagged, STORAGE), "parameters"), {
      type: "gp3",
      encrypted: "true",
      tagSpecification_1: "cost-center=platform",
      tagSpecification_2: "a-team=x=y",
      tagSpecification_3: `project=${PROJECT_NAME}`,
      tagSpecification_4: "stack=prod",
      tagSpecification_5: "managed-by=pulumi",
    });
  });

  it("do not change a storage class that is there, which Kubernetes would refuse", () => {
    for (const of of [plain, tagged]) {
      assert.deepEqual(find(of, STORAGE).ignoreChanges, ["parameters"]);
    }
  });

  it("are allowed to the cluster's role before anything has them", () => {
    const policy = find(tagged, POLICY, "cluster-tags");
    const role = find(tagged, "aws:iam/role:Role", "cluster-eksRole-role");
    assert.equal(input(policy, "role"), role.outputs.name);
    const { Statement } = JSON.parse(String(input(policy, "policy"))) as {
      Statement: { Action: string[]; Condition: object }[];
    };
    const actions = Statement.flatMap(({ Action }) => Action);
    for (const action of ["ec2:RunInstances", "ec2:CreateVolume", "ec2:CreateSecurityGroup"]) {
      assert.ok(actions.includes(action), action);
    }
    // What is of another cluster it may not make.
    for (const { Condition } of Statement) {
      assert.match(
        JSON.stringify(Condition),
        /RequestTag\/eks:eks-cluster-name":"\$\{aws:Principal/,
      );
    }
    for (const type of [CLASS, PARAMS, STORAGE]) {
      assert.ok(
        dependenciesOf(tagged, find(tagged, type)).includes(`${POLICY} cluster-tags`),
        type,
      );
    }
    assert.deepEqual(orderProblems(tagged.resources), []);
  });

  it("are not counted by the budget, which goes by the stack's", async () => {
    const tags = JSON.stringify({ "cost-center": "platform" });
    const config = { tags, budgetUsd: "700", budgetEmail: "costs@example.com" };
    const budget = find(await recordStack("prod", { config }), "aws:budgets/budget:Budget");
    const filter = JSON.stringify(input(budget, "filterExpression"));
    assert.ok(filter.includes('"managed-by"') && !filter.includes("cost-center"), filter);
  });

  it("are nowhere, and need no policy, where there are none", () => {
    assert.equal(input(find(plain, CLASS), "spec.tags"), undefined);
    assert.equal(input(find(plain, PARAMS), "spec.tags"), undefined);
    const parameters = input(find(plain, STORAGE), "parameters");
    assert.deepEqual(parameters, { type: "gp3", encrypted: "true" });
    assert.ok(
      !plain.resources.some(({ type, name }) => type === POLICY && name === "cluster-tags"),
    );
  });
});
