import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createTopic } from "./topic";

/** What a month may cost, and who is told. */
export interface BudgetArgs {
  /** Dollars of a month; `npm start` prints the bill that it should be. */
  readonly monthlyUsd: number;
  /** Who is told; AWS mails a link by which the address has to be confirmed. */
  readonly email: string;
}

/** Whose costs count. */
interface BudgetedStack {
  /** `<project>-<stack>`: the budget is called so, unique in the account. */
  readonly prefix: string;
  /** On everything in AWS that Pulumi makes for the stack, and on nothing else together. */
  readonly tags: Readonly<Record<string, string>>;
  /** EKS cluster, by whose name EKS tags what Auto Mode makes. */
  readonly clusterName: string;
}

/** Told of what was spent, in percent of the budget. */
const THRESHOLDS = [80, 100];

/** EKS puts it on nodes, volumes and load balancers, which Auto Mode makes without the tags of the stack. */
const CLUSTER_TAG = "eks:eks-cluster-name";

/**
 * A budget of AWS for the stack, told by a topic of its own. AWS counts by a tag only after it was made a cost
 * allocation tag, by hand in the account that pays: it takes no tag that it has not seen on a bill yet
 * (docs/cost.md).
 */
export function createBudget(
  name: string,
  { monthlyUsd, email, prefix, tags, clusterName }: BudgetArgs & BudgetedStack,
  opts: pulumi.CustomResourceOptions,
): aws.budgets.Budget {
  // No receiver's name has a `_`, so that no receiver's topic is called so.
  const topic = createTopic(name, { topicName: `${prefix}_budget`, email }, opts);
  return new aws.budgets.Budget(
    name,
    {
      name: prefix,
      budgetType: "COST",
      timeUnit: "MONTHLY",
      limitAmount: String(monthlyUsd),
      limitUnit: "USD",
      metrics: "UnblendedCost",
      filterExpression: {
        ors: [
          { ands: Object.entries(tags).map(([key, value]) => hasTag(key, value)) },
          hasTag(CLUSTER_TAG, clusterName),
        ],
      },
      notifications: THRESHOLDS.map((threshold) => ({
        notificationType: "ACTUAL",
        comparisonOperator: "GREATER_THAN",
        threshold,
        thresholdType: "PERCENTAGE",
        subscriberSnsTopicArns: [topic.arn],
      })),
    },
    { ...opts, dependsOn: [admitBudgets(name, topic, opts)] },
  );
}

const hasTag = (key: string, value: string) => ({ tags: { key, values: [value] } });

/** The topic's policy, without which AWS refuses to tell it. */
function admitBudgets(
  name: string,
  topic: aws.sns.Topic,
  opts: pulumi.CustomResourceOptions,
): aws.sns.TopicPolicy {
  const policy = pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "budgets.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topic.arn,
        // Not for the budgets of other accounts.
        Condition: { StringEquals: { "aws:SourceAccount": topic.owner } },
      },
    ],
  });
  return new aws.sns.TopicPolicy(name, { arn: topic.arn, policy }, opts);
}
