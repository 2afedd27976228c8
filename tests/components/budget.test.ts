import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { createBudget } from "../../components/cluster/budget";
import { orderProblems } from "../../simulation/account/up-order";
import type { Recording } from "../../simulation/recorder";
import { BrokenGraph } from "../support/broken-graph";
import { dependenciesOf, find, input, recordProgram } from "../support/simulated";

const BUDGET = "aws:budgets/budget:Budget";
const TOPIC_ARN = "arn:aws:sns:ap-northeast-1:123456789012:shop-prod_budget";

const recordBudget = (): Promise<Recording> =>
  recordProgram(() => {
    const provider = new aws.Provider("aws", { region: "ap-northeast-1" });
    const stack = { prefix: "shop-prod", clusterName: "shop", tags: { project: "p", stack: "s" } };
    createBudget("b", { monthlyUsd: 600, email: "costs@example.com", ...stack }, { provider });
    return {};
  });

describe("the budget", () => {
  let recording: Recording;
  before(async () => {
    recording = await recordBudget();
  });

  it("is of as many dollars a month as are given", () => {
    const { inputs } = find(recording, BUDGET);
    assert.equal(inputs.name, "shop-prod");
    assert.equal(inputs.budgetType, "COST");
    assert.equal(inputs.timeUnit, "MONTHLY");
    assert.equal(inputs.limitAmount, "600");
    assert.equal(inputs.limitUnit, "USD");
  });

  it("counts what has all tags of the stack, and what EKS makes for its cluster", () => {
    assert.deepEqual(input(find(recording, BUDGET), "filterExpression"), {
      ors: [
        {
          ands: [
            { tags: { key: "project", values: ["p"] } },
            { tags: { key: "stack", values: ["s"] } },
          ],
        },
        { tags: { key: "eks:eks-cluster-name", values: ["shop"] } },
      ],
    });
  });

  it("tells of what was spent at 80 and 100 %, by mail of a topic of its own", () => {
    const { notifications } = find(recording, BUDGET).inputs;
    const told = {
      notificationType: "ACTUAL",
      comparisonOperator: "GREATER_THAN",
      thresholdType: "PERCENTAGE",
      subscriberSnsTopicArns: [TOPIC_ARN],
    };
    assert.deepEqual(
      notifications,
      [80, 100].map((threshold) => ({ ...told, threshold })),
    );
    const { inputs } = find(recording, "aws:sns/topicSubscription:TopicSubscription");
    assert.deepEqual(
      [inputs.topic, inputs.protocol, inputs.endpoint],
      [TOPIC_ARN, "email", "costs@example.com"],
    );
  });

  it("may publish to that topic, and no other account's budget may", () => {
    const policy = find(recording, "aws:sns/topicPolicy:TopicPolicy");
    assert.equal(input(policy, "arn"), TOPIC_ARN);
    const { Statement } = JSON.parse(String(input(policy, "policy"))) as { Statement: object[] };
    assert.deepEqual(Statement, [
      {
        Effect: "Allow",
        Principal: { Service: "budgets.amazonaws.com" },
        Action: "sns:Publish",
        Resource: TOPIC_ARN,
        Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
      },
    ]);
  });

  it("is made after the policy that admits it", () => {
    assert.deepEqual(orderProblems(recording.resources), []);
    const dependencies = dependenciesOf(recording, find(recording, BUDGET));
    assert.deepEqual(dependencies, ["aws:sns/topic:Topic b", "aws:sns/topicPolicy:TopicPolicy b"]);
    const unordered = new BrokenGraph(recording).forgetEdgesTo("TopicPolicy b");
    assert.match(
      orderProblems(unordered.resources).join("\n"),
      /^Budget b must be made after TopicPolicy b, because it needs a policy by which budgets/,
    );
  });
});
