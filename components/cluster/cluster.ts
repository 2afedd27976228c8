import * as aws from "@pulumi/aws";
import type * as awsx from "@pulumi/awsx";
import * as eks from "@pulumi/eks";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as time from "@pulumiverse/time";
import type { Platform, StackCluster } from "../platform";
import { keepInputs } from "../fixed-inputs";
import { createKubernetesProvider } from "../kubernetes-provider";
import { type ControlPlaneLogsArgs, createLogGroup } from "./control-plane-logs";
import { eksPlatform, type LoadBalancerScheme } from "./eks-platform";
import { FIXED_CLUSTER_INPUTS } from "./fixed-cluster-inputs";
import { supportWarning } from "./kubernetes-support";
import { enableNetworkPolicies } from "./network-policy-controller";
import {
  createGatewayEndpoints,
  createNatGateways,
  createVpc,
  type NetworkArgs,
  privateRouteTables,
} from "./network";
import { createIngressClass } from "./ingress-class";
import { createNodePool, type NodePoolArgs } from "./node-pool";
import { createStorageClass } from "./storage-class";
import { allowTags } from "./tag-propagation";

/** Arguments of Cluster. Plain values, because they decide which resources are made. */
export interface ClusterArgs extends NetworkArgs {
  /**
   * `<project>-<stack>`: the prefix of every name that has to be unique in the account, so that
   * several stacks share one.
   */
  readonly prefix: string;
  /** AWS region, such as "ap-northeast-1"; that of the provider. */
  readonly region: string;
  /** Kubernetes minor, such as "1.35". */
  readonly kubernetesVersion: string;
  /** CIDRs that may reach the API server from outside the VPC. */
  readonly apiServerCidrs: readonly string[];
  /**
   * Where load balancers can be reached from. Internal ones are in the private subnets.
   * @default "internet-facing"
   */
  readonly loadBalancerScheme?: LoadBalancerScheme;
  /** The nodes. @default as the built-in pool of Auto Mode makes them, but in private subnets */
  readonly nodes?: NodePoolArgs;
  /**
   * On what Auto Mode makes: nodes, volumes and load balancers. The cluster's role is allowed it.
   * @default none but those of EKS
   */
  readonly autoModeTags?: Readonly<Record<string, string>>;
  /** IAM roles that become cluster admins. The creator is one already: naming it again fails. */
  readonly adminRoleArns: readonly string[];
  /** Whether the metrics of scheduler and controller manager are scraped. @default true */
  readonly controlPlaneMetrics?: boolean;
  /** Logs of the control plane, in CloudWatch. @default none */
  readonly controlPlaneLogs?: ControlPlaneLogsArgs;
  /** Whether network policies are enforced, and made for what runs on the cluster. */
  readonly networkPolicies: boolean;
  /** Pulumi `protect` on network and cluster, and AWS's own flag on the cluster. */
  readonly deletionProtection: boolean;
}

const TYPE = "kubernetes-monitoring:eks:Cluster";

/**
 * An EBS volume is deleted 10-60 s after its claim, and nothing waits for that. Twice the longest.
 */
const VOLUME_RELEASE = "120s";

/**
 * An EKS cluster in Auto Mode with its own VPC, nodes in private subnets, ALB ingress class and encrypted
 * default storage class.
 *
 * ```ts
 * new Cluster("cluster", { clusterName: "monitoring-prod", ... }, { providers: { aws: provider } });
 * ```
 * Auto Mode runs the controllers of load balancers, volumes and nodes outside the cluster. So a destroy
 * cannot remove a controller before the objects that it has to clean up. It costs about 12 % of the
 * nodes' price (https://aws.amazon.com/eks/pricing/).
 */
export class Cluster extends pulumi.ComponentResource implements StackCluster {
  /** Kubernetes provider of this cluster; whatever uses it is destroyed before the cluster. */
  readonly provider: k8s.Provider;
  /** The cluster as the other components see it. */
  readonly platform: Platform;
  /** Name of the EKS cluster. */
  readonly clusterName: string;
  /** Secret: it names the endpoint and how to get a token, though it holds none. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Adds the cluster to the caller's own kubeconfig. */
  readonly kubeconfigCommand: string;
  /** Id of the VPC that it made. */
  readonly vpcId: pulumi.Output<string>;

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TYPE, name, args, keepInputs(TYPE, name, FIXED_CLUSTER_INPUTS, opts));
    warnOfSupportsEnd(args.kubernetesVersion);
    const child = { parent: this };
    const guarded = { parent: this, protect: args.deletionProtection };

    const vpc = createVpc(name, args, guarded);
    const routeTables = privateRouteTables(args, vpc, child);
    const egress = [
      ...createNatGateways(name, args, vpc, routeTables, child),
      ...createGatewayEndpoints(name, args, vpc, routeTables, child),
    ];
    const cluster = createCluster(name, args, vpc, guarded);
    const volumesReleased = new time.Sleep(
      `${name}-volume-release`,
      { destroyDuration: VOLUME_RELEASE },
      { ...child, dependsOn: [cluster] },
    );
    this.provider = createKubernetesProvider(
      name,
      {
        kubeconfig: pulumi.secret(cluster.kubeconfigJson),
        clusterIdentifier: args.clusterName,
      },
      // Objects on the cluster need the nodes, and these their ways out, until the last is deleted.
      { ...child, dependsOn: [cluster, volumesReleased, ...egress] },
    );

    const onCluster = { parent: this, provider: this.provider };
    const { loadBalancerScheme = "internet-facing" } = args;
    const policies = args.networkPolicies ? [enableNetworkPolicies(name, onCluster)] : [];
    const { nodes: pool = {}, autoModeTags: tags = {} } = args;
    const isTagged = Object.keys(tags).length > 0;
    const mayTag = isTagged ? [allowTags(name, cluster, child)] : [];
    const tagged = { ...onCluster, dependsOn: mayTag };
    const nodes = createNodePool(
      name,
      pool,
      { cluster, vpc, ...(isTagged && { tags }) },
      { ...onCluster, dependsOn: [...policies, ...mayTag] },
    );
    createMetricsServer(name, args, nodes, this);
    this.clusterName = args.clusterName;
    this.kubeconfig = pulumi.secret(cluster.kubeconfigJson);
    this.kubeconfigCommand = `aws eks update-kubeconfig --region ${args.region} --name ${args.clusterName}`;
    this.vpcId = vpc.vpcId;
    this.platform = eksPlatform({
      prefix: args.prefix,
      clusterName: args.clusterName,
      kubeconfig: this.kubeconfig,
      kubernetesVersion: args.kubernetesVersion,
      providers: [this.provider, ...awsProviderOf(this)],
      ingressClassName: createIngressClass(name, { scheme: loadBalancerScheme, tags }, tagged)
        .metadata.name,
      loadBalancerScheme,
      storageClassName: createStorageClass(name, tags, tagged).metadata.name,
      zones: args.availabilityZones.length,
      nodes: [nodes],
      controlPlaneMetrics: args.controlPlaneMetrics ?? true,
      architecture: pool.architecture ?? "amd64",
      ...(args.networkPolicies && { vpcCidr: args.vpcCidr }),
    });
    this.registerOutputs({
      clusterName: this.clusterName,
      kubeconfig: this.kubeconfig,
      kubeconfigCommand: this.kubeconfigCommand,
      vpcId: this.vpcId,
    });
  }
}

/** Of no resource: where the engine refuses the cluster, the warning would wait for its URN for ever. */
function warnOfSupportsEnd(kubernetesVersion: string): void {
  const warning = supportWarning(kubernetesVersion, new Date());
  if (warning !== undefined) void pulumi.log.warn(warning);
}

/** The AWS provider that the component was given; none where it is the default one. */
const awsProviderOf = (component: pulumi.ComponentResource): pulumi.ProviderResource[] => {
  const provider = component.getProvider("aws:index:Provider");
  return provider ? [provider] : [];
};

function createCluster(
  name: string,
  args: ClusterArgs,
  vpc: awsx.ec2.Vpc,
  opts: pulumi.ComponentResourceOptions,
): eks.Cluster {
  return new eks.Cluster(
    name,
    {
      name: args.clusterName,
      version: args.kubernetesVersion,
      ...(args.controlPlaneLogs && {
        // By way of an output, so that the group is there first: a plugin's resources know no dependsOn.
        enabledClusterLogTypes: createLogGroup(name, args.clusterName, args.controlPlaneLogs, opts),
      }),
      // With EXTENDED, the default, the price becomes six times as high when standard support ends.
      upgradePolicy: { supportType: "STANDARD" },
      vpcId: vpc.vpcId,
      publicSubnetIds: vpc.publicSubnetIds,
      privateSubnetIds: vpc.privateSubnetIds,
      authenticationMode: eks.AuthenticationMode.Api,
      accessEntries: Object.fromEntries(
        args.adminRoleArns.map((arn) => [accessEntryName(arn), clusterAdmin(arn)]),
      ),
      // The other built-in pool makes nodes in public subnets; this one only for what tolerates its taint. With
      // none EKS makes no access entry for the nodes' role.
      autoMode: { enabled: true, computeConfig: { nodePools: ["system"] } },
      // Auto Mode serves DNS on the node; the add-on would wait for pods that never come (pulumi-eks#1726).
      corednsAddonOptions: { enabled: false },
      // Either keeps eks from making an unused node role and instance profile; both say it plainly.
      skipDefaultNodeGroup: true,
      createInstanceRole: false,
      // Set explicitly: only then does eks.Cluster wait until the API server answers.
      endpointPublicAccess: true,
      publicAccessCidrs: [...args.apiServerCidrs],
      // With restricted CIDRs and no private endpoint the nodes could not reach the API server.
      endpointPrivateAccess: true,
      deletionProtection: args.deletionProtection,
    },
    { ...opts, dependsOn: [vpc], transforms: [keepSubnets] },
  );
}

/**
 * The control plane stays in the zones that it was made in: EKS refuses subnets of any other set of
 * zones (aws/containers-roadmap#2258). A zone that is added later has nodes and load balancers, and no interface of
 * the control plane.
 */
const keepSubnets: pulumi.ResourceTransform = ({ type, props, opts }) =>
  type === "aws:eks/cluster:Cluster"
    ? { props, opts: pulumi.mergeOptions(opts, { ignoreChanges: ["vpcConfig.subnetIds"] }) }
    : undefined;

/** Account and role path. Not the ARN, whose `::` a URN cannot hold in a name; `~` is in no role's name, so two roles have two names. */
const accessEntryName = (roleArn: string): string =>
  roleArn.split(":").slice(4).join("-").replaceAll("/", "~");

function clusterAdmin(principalArn: string): eks.types.input.AccessEntryArgs {
  const [, partition] = principalArn.split(":");
  const policyArn = `arn:${partition ?? "aws"}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`;
  return {
    principalArn,
    accessPolicies: { admin: { policyArn, accessScope: { type: "cluster" } } },
  };
}

/**
 * EKS brings no metrics-server, and without one no HorizontalPodAutoscaler scales. Its version is EKS'
 * default for the minor at the time of each `up`: EKS itself never moves an add-on.
 */
function createMetricsServer(
  name: string,
  { clusterName, kubernetesVersion }: ClusterArgs,
  nodes: pulumi.Resource,
  parent: Cluster,
): aws.eks.Addon {
  const addonName = "metrics-server";
  // Asked with the configured minor, not the cluster's output: the answer comes before the cluster.
  const { version } = aws.eks.getAddonVersionOutput({ addonName, kubernetesVersion }, { parent });
  return new aws.eks.Addon(
    `${name}-${addonName}`,
    {
      clusterName,
      addonName,
      addonVersion: version,
      resolveConflictsOnCreate: "OVERWRITE",
      resolveConflictsOnUpdate: "OVERWRITE",
    },
    { parent, dependsOn: [nodes] },
  );
}
