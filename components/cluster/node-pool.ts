import type * as awsx from "@pulumi/awsx";
import type * as eks from "@pulumi/eks";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** Which nodes are made, how many, and when they are replaced. */
export interface NodePoolArgs {
  /** Of the nodes, and so of the images that are built for them. @default "amd64" */
  readonly architecture?: "amd64" | "arm64";
  /** Categories of instances that Auto Mode chooses from, such as "m". @default c, m and r */
  readonly categories?: readonly string[];
  /** vCPUs of all nodes together, above which none is made and pods wait: a ceiling of the bill. @default 64 */
  readonly vcpuLimit?: number;
  /** Days until a node is replaced; at most 20. @default 14, as in the built-in pools */
  readonly expiryDays?: number;
  /** How many nodes may be replaced at the same time, and when. @default 10 % of them at any time, Karpenter's own */
  readonly disruptionBudgets?: readonly DisruptionBudget[];
}

/** One of Karpenter's (https://karpenter.sh/docs/concepts/disruption/#nodepool-disruption-budgets). The strictest that is in force counts. */
export interface DisruptionBudget {
  /** Nodes that may go at the same time: a number, or a percentage such as "10%". */
  readonly nodes: string;
  /** What it holds for: Underutilized, Empty or Drifted. @default all of them */
  readonly reasons?: readonly string[];
  /** When it comes into force, in UTC: five fields of cron, such as "0 9 * * mon-fri". @default it is always in force */
  readonly schedule?: string;
  /** How long it is then in force, such as "8h"; with a schedule only. @default it is always in force */
  readonly duration?: string;
}

/** What the nodes are made in. */
interface NodePoolPlace {
  readonly cluster: eks.Cluster;
  readonly vpc: awsx.ec2.Vpc;
  /** On instances, their disks and network interfaces. @default none but those of EKS */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Of NodeClass and NodePool. */
const NAME = "private";
const DEFAULT_CATEGORIES = ["c", "m", "r"];
const DEFAULT_VCPU_LIMIT = 64;
const DEFAULT_EXPIRY_DAYS = 14;

/**
 * Nodes as the built-in pool `general-purpose` makes them, but in private subnets only and with network
 * policies enforced. The built-in NodeClass takes all subnets of the cluster, and public ones give each node
 * a public address. Its role is the cluster's own, for which EKS has made the access entry.
 */
export function createNodePool(
  name: string,
  args: NodePoolArgs,
  place: NodePoolPlace,
  opts: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  const nodeClass = createNodeClass(name, place, opts);
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
              isIn("kubernetes.io/arch", args.architecture ?? "amd64"),
              // Spot capacity goes at two minutes' notice, and would take along who watches it.
              isIn("karpenter.sh/capacity-type", "on-demand"),
              isIn(
                "eks.amazonaws.com/instance-category",
                ...(args.categories ?? DEFAULT_CATEGORIES),
              ),
              { key: "eks.amazonaws.com/instance-generation", operator: "Gt", values: ["4"] },
            ],
            // A new node has the newest image. Pods have 24 h to leave an old one, Auto Mode's own default.
            expireAfter: `${24 * (args.expiryDays ?? DEFAULT_EXPIRY_DAYS)}h`,
          },
        },
        disruption: {
          consolidationPolicy: "WhenEmptyOrUnderutilized",
          consolidateAfter: "30s",
          ...(args.disruptionBudgets && { budgets: args.disruptionBudgets }),
        },
        limits: { cpu: String(args.vcpuLimit ?? DEFAULT_VCPU_LIMIT) },
      },
    },
    opts,
  );
}

function createNodeClass(
  name: string,
  { cluster, vpc, tags }: NodePoolPlace,
  opts: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  return new k8s.apiextensions.CustomResource(
    `${name}-nodes`,
    {
      apiVersion: "eks.amazonaws.com/v1",
      kind: "NodeClass",
      metadata: { name: NAME },
      spec: {
        role: cluster.autoModeNodeRoleName,
        // Those of a zone that is added later too: nodes need not be in subnets that the cluster was made with (EKS
        // User Guide, "Subnet requirements for nodes").
        subnetSelectorTerms: vpc.privateSubnetIds.apply((ids) => ids.map((id) => ({ id }))),
        securityGroupSelectorTerms: [{ id: cluster.clusterSecurityGroupId }],
        // A pod that no policy selects may talk to everything, as in any other cluster.
        networkPolicy: "DefaultAllow",
        ...(tags && { tags }),
      },
    },
    // They are the cluster's for its life; a preview of its change does not know them.
    { ...opts, ignoreChanges: ["spec.securityGroupSelectorTerms", "spec.role"] },
  );
}

const isIn = (key: string, ...values: readonly string[]) => ({ key, operator: "In", values });
