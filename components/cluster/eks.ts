import * as aws from "@pulumi/aws";
import { type BudgetArgs, createBudget } from "./budget";
import { Cluster, type ClusterArgs } from "./cluster";

/** What platform eks is made from. */
export interface EksArgs extends ClusterArgs {
  /** On everything in AWS that Pulumi makes. */
  readonly tags: Readonly<Record<string, string>>;
  /** What a month may cost. @default nobody is told */
  readonly budget?: BudgetArgs;
}

/** The stack's EKS cluster, and the AWS provider that it and everything of the stack in AWS is made by. */
export function createEks({ tags, budget, ...args }: EksArgs): Cluster {
  const provider = new aws.Provider("aws", {
    region: args.region as aws.Region,
    defaultTags: { tags },
  });
  if (budget) {
    const { prefix, clusterName } = args;
    createBudget("budget", { ...budget, prefix, tags, clusterName }, { provider });
  }
  return new Cluster("cluster", args, { providers: { aws: provider } });
}
