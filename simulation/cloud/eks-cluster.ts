import { createHash } from "node:crypto";
import type { Behaviour, Child, ChildLookup, Making, Properties } from "../resource";
import { at, textAt } from "../resource";

/**
 * `eks:index:Cluster` 4.3 in Auto Mode: names, parents and dependencies of its children are those
 * of the plugin's source.
 */
export const clusterComponent: Behaviour = {
  duration: "instant",
  children: clusterChildren,
  componentOutputs: clusterOutputs,
};

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
