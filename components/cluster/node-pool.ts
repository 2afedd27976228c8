import type * as awsx from "@pulumi/awsx";
import type * as eks from "@pulumi/eks";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** What the nodes are made from. */
export interface NodePoolArgs {
  readonly cluster: eks.Cluster;
  readonly vpc: awsx.ec2.Vpc;
}

/** Of NodeClass and NodePool. */
const NAME = "private";
/** A ceiling of the bill: with this many vCPUs no further node is made, and pods wait. */
const MOST_VCPUS = 64;
const CLUSTERS_OWN = ["spec.subnetSelectorTerms", "spec.securityGroupSelectorTerms", "spec.role"];

/**
 * Nodes as the built-in pool `general-purpose` makes them, but in private subnets only and with network
 * policies enforced. The built-in NodeClass takes all subnets of the cluster, and public ones give each node
 * a public address. Its role is the cluster's own, for which EKS has made the access entry.
 */
export function createNodePool(
  name: string,
  { cluster, vpc }: NodePoolArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  const nodeClass = new k8s.apiextensions.CustomResource(
    `${name}-nodes`,
    {
      apiVersion: "eks.amazonaws.com/v1",
      kind: "NodeClass",
      metadata: { name: NAME },
      spec: {
        role: cluster.autoModeNodeRoleName,
        subnetSelectorTerms: vpc.privateSubnetIds.apply((ids) => ids.map((id) => ({ id }))),
        securityGroupSelectorTerms: [{ id: cluster.clusterSecurityGroupId }],
        // A pod that no policy selects may talk to everything, as in any other cluster.
        networkPolicy: "DefaultAllow",
      },
    },
    // As the control plane, nodes stay in the zones that the cluster was made in (docs/runbooks/cluster.md). Role
    // and security group are the cluster's for its life; a preview of its change does not know them.
    { ...opts, ignoreChanges: CLUSTERS_OWN },
  );
  return new k8s.apiextensions.CustomResource(
    `${name}-nodes`,
    {
      apiVersion: "karpenter.sh/v1",
      kind: "NodePool",
      metadata: { name: NAME },
      spec: {
        template: {
          spec: {
            nodeClassRef: {
              group: "eks.amazonaws.com",
              kind: "NodeClass",
              name: nodeClass.metadata.name,
            },
            requirements: [
              isIn("kubernetes.io/arch", "amd64"),
              isIn("karpenter.sh/capacity-type", "on-demand"),
              isIn("eks.amazonaws.com/instance-category", "c", "m", "r"),
              { key: "eks.amazonaws.com/instance-generation", operator: "Gt", values: ["4"] },
            ],
            // 14 days, as in the built-in pools: a new node has the newest image.
            expireAfter: "336h",
          },
        },
        disruption: { consolidationPolicy: "WhenEmptyOrUnderutilized", consolidateAfter: "30s" },
        limits: { cpu: String(MOST_VCPUS) },
      },
    },
    opts,
  );
}

const isIn = (key: string, ...values: readonly string[]) => ({ key, operator: "In", values });
