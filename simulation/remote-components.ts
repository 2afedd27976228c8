import { createHash } from "node:crypto";
import * as ipaddr from "ipaddr.js";
import type { Behaviour, Child, ChildLookup, Making, Properties } from "./resource";
import { at, textAt } from "./resource";

/**
 * The components that live in plugins: `awsx:ec2:Vpc` 3.9 in layout AutoMerge without NAT gateways,
 * and `eks:index:Cluster` 4.3 in Auto Mode. Names, parents and dependencies of their children are
 * those of the plugins' sources.
 */
export const remoteComponents: Readonly<Record<string, Behaviour>> = {
  "awsx:ec2:Vpc": { duration: "instant", children: vpcChildren, componentOutputs: vpcOutputs },
  "eks:index:Cluster": {
    duration: "instant",
    children: clusterChildren,
    componentOutputs: clusterOutputs,
  },
};

function vpcChildren({ name, inputs }: Making): Child[] {
  if (at(inputs, "natGateways.strategy") !== "None") {
    throw new Error("the simulated awsx:ec2:Vpc knows only natGateways.strategy None");
  }
  const cidrBlock = textAt(inputs, "cidrBlock");
  const tags = { Name: name };
  const vpc: Child = {
    key: "vpc",
    type: "aws:ec2/vpc:Vpc",
    name,
    custom: true,
    dependsOn: [],
    inputs: () => ({
      cidrBlock,
      enableDnsHostnames: at(inputs, "enableDnsHostnames") ?? false,
      enableDnsSupport: true,
      tags,
    }),
  };
  const gateway: Child = {
    key: "igw",
    type: "aws:ec2/internetGateway:InternetGateway",
    name,
    custom: true,
    parent: "vpc",
    dependsOn: ["vpc"],
    inputs: (child) => ({ vpcId: child("vpc").id, tags }),
  };
  const subnets = subnetsOf(name, inputs).flatMap((subnet) => subnetChildren(subnet));
  return [vpc, gateway, ...subnets];
}

interface Subnet {
  readonly name: string;
  readonly zone: string;
  readonly cidrBlock: string;
  readonly isPublic: boolean;
  readonly tags: unknown;
}

function subnetsOf(name: string, inputs: Properties): Subnet[] {
  const zones = at(inputs, "availabilityZoneNames") as readonly string[];
  const specs = (at(inputs, "subnetSpecs") ?? []) as readonly { type: string; tags?: object }[];
  const tagsOf = (type: string) => specs.find((spec) => spec.type === type)?.tags ?? {};
  return zones.flatMap((zone, index) =>
    ["Public", "Private"].map((type) => ({
      name: `${name}-${type.toLowerCase()}-${index + 1}`,
      zone,
      cidrBlock: subnetCidr(textAt(inputs, "cidrBlock"), zones.length, index, type === "Public"),
      isPublic: type === "Public",
      tags: {
        ...tagsOf(type),
        Name: `${name}-${type.toLowerCase()}-${index + 1}`,
        SubnetType: type,
      },
    })),
  );
}

/** Each zone gets an equal power-of-two share: its first half private, then a quarter public. */
function subnetCidr(vpcCidr: string, zones: number, index: number, isPublic: boolean): string {
  const [base, vpcPrefix] = ipaddr.IPv4.parseCIDR(vpcCidr);
  const zonePrefix = vpcPrefix + Math.ceil(Math.log2(zones));
  const zoneSize = 2 ** (32 - zonePrefix);
  const first = base.toByteArray().reduce((sum, byte) => sum * 256 + byte, 0) + index * zoneSize;
  const start = isPublic ? first + zoneSize / 2 : first;
  const octets = [24, 16, 8, 0].map((bits) => Math.floor(start / 2 ** bits) % 256);
  return `${octets.join(".")}/${zonePrefix + (isPublic ? 2 : 1)}`;
}

function subnetChildren({ name, zone, cidrBlock, isPublic, tags }: Subnet): Child[] {
  const key = (kind: string) => `${kind}/${name}`;
  const child = (kind: string, type: string, parent: string, inputs: Child["inputs"]): Child => ({
    key: key(kind),
    type: `aws:ec2/${type}`,
    name,
    custom: true,
    parent,
    dependsOn: [parent],
    inputs,
  });
  const children = [
    child("subnet", "subnet:Subnet", "vpc", (of) => ({
      vpcId: of("vpc").id,
      availabilityZone: zone,
      cidrBlock,
      mapPublicIpOnLaunch: isPublic,
      tags,
    })),
    child("table", "routeTable:RouteTable", key("subnet"), (of) => ({
      vpcId: of("vpc").id,
      tags,
    })),
    child("association", "routeTableAssociation:RouteTableAssociation", key("table"), (of) => ({
      routeTableId: of(key("table")).id,
      subnetId: of(key("subnet")).id,
    })),
  ];
  if (!isPublic) return children;
  const route = child("route", "route:Route", key("table"), (of) => ({
    routeTableId: of(key("table")).id,
    gatewayId: of("igw").id,
    destinationCidrBlock: "0.0.0.0/0",
  }));
  return [...children, { ...route, dependsOn: [key("table"), "igw"] }];
}

function vpcOutputs({ name, inputs }: Making, child: ChildLookup): Properties {
  const subnets = subnetsOf(name, inputs);
  const ids = (isPublic: boolean) =>
    subnets
      .filter((subnet) => subnet.isPublic === isPublic)
      .map((subnet) => child(`subnet/${subnet.name}`).id);
  return {
    vpcId: child("vpc").id,
    publicSubnetIds: ids(true),
    privateSubnetIds: ids(false),
    isolatedSubnetIds: [],
  };
}

const CLUSTER_POLICIES = ["Cluster", "Compute", "BlockStorage", "LoadBalancing", "Networking"].map(
  (policy) => `arn:aws:iam::aws:policy/AmazonEKS${policy}Policy`,
);
const NODE_POLICIES = [
  "AmazonEKSWorkerNodeMinimalPolicy",
  "AmazonEC2ContainerRegistryPullOnly",
].map((policy) => `arn:aws:iam::aws:policy/${policy}`);

function clusterChildren({ name, inputs }: Making): Child[] {
  if (at(inputs, "autoMode.enabled") !== true) {
    throw new Error("the simulated eks:index:Cluster knows only autoMode.enabled true");
  }
  const service = serviceRole("service", `${name}-eksRole`, "eks.amazonaws.com", CLUSTER_POLICIES);
  const node = serviceRole("node", `${name}-nodeRole`, "ec2.amazonaws.com", NODE_POLICIES);
  const roles = [...service, ...node];
  const cluster: Child = {
    key: "cluster",
    type: "aws:eks/cluster:Cluster",
    name: `${name}-eksCluster`,
    custom: true,
    dependsOn: roles.filter((role) => role.custom).map((role) => role.key),
    inputs: (child) => ({
      name: at(inputs, "name"),
      version: at(inputs, "version"),
      roleArn: child("service/role").arn,
      accessConfig: {
        authenticationMode: at(inputs, "authenticationMode"),
        bootstrapClusterCreatorAdminPermissions: true,
      },
      bootstrapSelfManagedAddons: false,
      computeConfig: {
        enabled: true,
        nodePools: ["general-purpose", "system"],
        nodeRoleArn: child("node/role").arn,
      },
      storageConfig: { blockStorage: { enabled: true } },
      kubernetesNetworkConfig: { ipFamily: "ipv4", elasticLoadBalancing: { enabled: true } },
      vpcConfig: {
        subnetIds: [...listAt(inputs, "publicSubnetIds"), ...listAt(inputs, "privateSubnetIds")],
        endpointPrivateAccess: at(inputs, "endpointPrivateAccess") ?? false,
        endpointPublicAccess: at(inputs, "endpointPublicAccess") ?? true,
        publicAccessCidrs: at(inputs, "publicAccessCidrs"),
      },
      enabledClusterLogTypes: at(inputs, "enabledClusterLogTypes") ?? [],
      upgradePolicy: at(inputs, "upgradePolicy"),
      deletionProtection: at(inputs, "deletionProtection") ?? false,
      tags: { Name: `${name}-eksCluster` },
    }),
  };
  const provider: Child = {
    key: "provider",
    type: "pulumi:providers:kubernetes",
    name: `${name}-eks-k8s`,
    custom: true,
    dependsOn: ["cluster"],
    inputs: (child) => ({ kubeconfig: kubeconfig(child("cluster")) }),
  };
  return [...roles, cluster, provider, ...accessEntries(name, inputs)];
}

/** Empty where the list is not there, or not known yet in a preview. */
function listAt(inputs: Properties, key: string): readonly unknown[] {
  const found = at(inputs, key);
  return Array.isArray(found) ? found : [];
}

function serviceRole(key: string, name: string, service: string, policies: string[]): Child[] {
  const component: Child = {
    key,
    type: "eks:index:ServiceRole",
    name,
    custom: false,
    dependsOn: [],
    inputs: () => ({}),
  };
  const role: Child = {
    key: `${key}/role`,
    type: "aws:iam/role:Role",
    name: `${name}-role`,
    custom: true,
    parent: key,
    dependsOn: [],
    inputs: () => ({
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Action: ["sts:AssumeRole"], Principal: { Service: [service] } },
        ],
      }),
    }),
  };
  const attachments = policies.map((policyArn): Child => ({
    key: `${key}/${policyArn}`,
    type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    name: `${name}-${createHash("sha1").update(policyArn).digest("hex").slice(0, 8)}`,
    custom: true,
    parent: key,
    dependsOn: [`${key}/role`],
    inputs: (child) => ({ policyArn, role: child(`${key}/role`).name }),
  }));
  return [component, role, ...attachments];
}

function accessEntries(name: string, inputs: Properties): Child[] {
  const entries = Object.entries((at(inputs, "accessEntries") ?? {}) as Record<string, Properties>);
  return entries.flatMap(([entryName, entry]): Child[] => {
    const principalArn = entry.principalArn;
    const clusterName = at(inputs, "name");
    const policies = Object.entries((entry.accessPolicies ?? {}) as Record<string, Properties>);
    return [
      {
        key: `entry/${entryName}`,
        type: "aws:eks/accessEntry:AccessEntry",
        name: `${name}-${entryName}`,
        custom: true,
        dependsOn: ["cluster"],
        inputs: () => ({ clusterName, principalArn, type: "STANDARD" }),
      },
      ...policies.map(([policyName, policy]): Child => ({
        key: `policy/${entryName}/${policyName}`,
        type: "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        name: `${name}-${entryName}-${policyName}`,
        custom: true,
        dependsOn: [`entry/${entryName}`],
        inputs: () => ({ clusterName, principalArn, ...policy }),
      })),
    ];
  });
}

function clusterOutputs({ inputs }: Making, child: ChildLookup): Properties {
  const cluster = child("cluster");
  const config = kubeconfig(cluster);
  return {
    kubeconfig: JSON.parse(config) as unknown,
    kubeconfigJson: config,
    autoModeNodeRoleName: child("node/role").name,
    clusterIngressRuleEnabled: false,
    vpcId: at(inputs, "vpcId"),
  };
}

/** As the plugin writes it: how to get a token, no token. */
function kubeconfig(cluster: Properties): string {
  const [, , , region] = textAt(cluster, "arn").split(":");
  const name = textAt(cluster, "name");
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    command: "aws",
    args: ["--region", region, "eks", "get-token", "--cluster-name", name, "--output", "json"],
  };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [
      {
        name,
        cluster: {
          server: cluster.endpoint,
          "certificate-authority-data": at(cluster, "certificateAuthority.data"),
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    users: [{ name, user: { exec } }],
  });
}
