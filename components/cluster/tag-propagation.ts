import * as aws from "@pulumi/aws";
import type * as eks from "@pulumi/eks";
import type * as pulumi from "@pulumi/pulumi";

/** EKS' own tag, which Auto Mode puts on all that it makes; its session as the cluster's role has the same. */
const OF_THIS_CLUSTER = {
  StringEquals: {
    "aws:RequestTag/eks:eks-cluster-name": "${aws:PrincipalTag/eks:eks-cluster-name}",
  },
};

/**
 * Lets Auto Mode put tags of the user on nodes, volumes and load balancers. AWS' own policies on the cluster's role
 * let it make them with the tags of EKS only, so that a tagged one would never be made (EKS User Guide, "Custom AWS
 * tags for EKS Auto resources", whose policy this is without AWS Shield and snapshots).
 */
export function allowTags(
  name: string,
  cluster: eks.Cluster,
  opts: pulumi.CustomResourceOptions,
): aws.iam.RolePolicy {
  const statements = [
    {
      Sid: "Nodes",
      Action: ["ec2:CreateFleet", "ec2:RunInstances", "ec2:CreateLaunchTemplate"],
      Condition: {
        ...OF_THIS_CLUSTER,
        StringLike: {
          "aws:RequestTag/eks:kubernetes-node-class-name": "*",
          "aws:RequestTag/eks:kubernetes-node-pool-name": "*",
        },
      },
    },
    { Sid: "Volumes", Action: ["ec2:CreateVolume"], Condition: OF_THIS_CLUSTER },
    {
      Sid: "NetworkInterfaces",
      Action: ["ec2:CreateNetworkInterface"],
      Condition: {
        ...OF_THIS_CLUSTER,
        StringLike: { "aws:RequestTag/eks:kubernetes-cni-node-name": "*" },
      },
    },
    {
      Sid: "LoadBalancers",
      Action: [
        "elasticloadbalancing:CreateLoadBalancer",
        "elasticloadbalancing:CreateTargetGroup",
        "elasticloadbalancing:CreateListener",
        "elasticloadbalancing:CreateRule",
        "ec2:CreateSecurityGroup",
      ],
      Condition: OF_THIS_CLUSTER,
    },
  ];
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((each) => ({ ...each, Effect: "Allow", Resource: "*" })),
  });
  return new aws.iam.RolePolicy(
    `${name}-tags`,
    { role: cluster.core.clusterIamRole.name, policy },
    opts,
  );
}
