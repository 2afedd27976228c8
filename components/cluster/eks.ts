import * as aws from "@pulumi/aws";
import { type BudgetArgs, createBudget } from "./budget";
import { Cluster, type ClusterArgs } from "./cluster";

/** What platform eks is made from. */
export interface EksArgs extends ClusterArgs {
  /** The stack's own, on everything in AWS that Pulumi makes. */
  readonly tags: Readonly<Record<string, string>>;
  /** The user's. With one, these and the stack's are also on what Auto Mode makes. @default none */
  readonly userTags?: Readonly<Record<string, string>>;
  /** What a month may cost. @default nobody is told */
  readonly budget?: BudgetArgs;
}

/** The stack's EKS cluster, and the AWS provider that it and everything of the stack in AWS is made by. */
export function createEks({ tags, userTags, budget, ...args }: EksArgs): Cluster {
  const allTags = { ...userTags, ...tags };
  const provider = new aws.Provider("aws", {
    region: args.region as aws.Region,
    defaultTags: { tags: allTags },
  });
  if (budget) {
    const { prefix, clusterName } = args;
    createBudget("budget", { ...budget, prefix, tags, clusterName }, { provider });
  }
  return new Cluster(
    "cluster",
    { ...args, ...(userTags && { autoModeTags: allTags }) },
    { providers: { aws: provider } },
  );
}
