import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ServiceAccountName } from "../platform";

/** What the pods of a ServiceAccount may do in AWS, and under which role. */
export interface PodIdentityArgs {
  readonly clusterName: string;
  /** IAM role to make, unique in the account: `<project>-<stack>-<workload>`, 64 characters at most. */
  readonly roleName: string;
  /** IAM policy document, JSON. */
  readonly policy: pulumi.Input<string>;
}

const PODS_MAY_ASSUME = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "pods.eks.amazonaws.com" },
      Action: ["sts:AssumeRole", "sts:TagSession"],
    },
  ],
});

/**
 * A role for the pods of one service account, by EKS Pod Identity (Auto Mode runs its agent).
 * @returns the association: credentials are injected when a pod is created, so pods depend on it.
 */
export function createPodIdentity(
  name: string,
  args: PodIdentityArgs,
  account: ServiceAccountName,
  opts: pulumi.CustomResourceOptions,
): aws.eks.PodIdentityAssociation {
  const role = new aws.iam.Role(
    name,
    { name: args.roleName, assumeRolePolicy: PODS_MAY_ASSUME },
    opts,
  );
  const policy = new aws.iam.RolePolicy(name, { role: role.name, policy: args.policy }, opts);
  return new aws.eks.PodIdentityAssociation(
    name,
    {
      clusterName: args.clusterName,
      namespace: account.namespace,
      serviceAccount: account.name,
      roleArn: role.arn,
    },
    { ...opts, dependsOn: [policy] },
  );
}
