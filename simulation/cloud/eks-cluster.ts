import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { at, type Properties, textAt } from "../resource";
import type { Behaviour, Child, ChildLookup, CreateCall } from "./behaviour";
import { kubeconfig } from "./eks-kubeconfig";
import { resourceReference } from "./resource-reference";

/**
 * `eks:index:Cluster` 4.3 in Auto Mode: names, parents, dependencies, inputs and outputs of its
 * children are those of the plugin's source (nodejs/eks/cluster/cluster.ts).
 */
export const clusterComponent: Readonly<Record<string, Behaviour>> = {
  "eks:index:Cluster": {
    duration: "instant",
    invokes: ["aws:index/getPartition:getPartition"],
    children: clusterChildren,
    componentOutputs: clusterOutputs,
    registersOutputs: true,
  },
};

const CLUSTER_POLICIES = ["Cluster", "Compute", "BlockStorage", "LoadBalancing", "Networking"].map(
  (policy) => `arn:aws:iam::aws:policy/AmazonEKS${policy}Policy`,
);
const NODE_POLICIES = [
  "AmazonEKSWorkerNodeMinimalPolicy",
  "AmazonEC2ContainerRegistryPullOnly",
].map((policy) => `arn:aws:iam::aws:policy/${policy}`);

function clusterChildren({ name, inputs, account }: CreateCall): Child[] {
  if (at(inputs, "autoMode.enabled") !== true) {
    throw new pulumi.RunError(
      "autoMode.enabled of the simulated eks:index:Cluster must be true. " +
        "Fix: simulate clusters without it in simulation/cloud/eks-cluster.ts",
    );
  }
  const service = serviceRole("service", `${name}-eksRole`, CLUSTER_POLICIES, {
    description: "Allows EKS to manage clusters on your behalf.",
    assumeRolePolicy: trustPolicy("eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"]),
  });
  const node = serviceRole("node", `${name}-nodeRole`, NODE_POLICIES, {
    assumeRolePolicy: trustPolicy("ec2.amazonaws.com", ["sts:AssumeRole"]),
  });
  const roles = [...service, ...node];
  const cluster: Child = {
    key: "cluster",
    type: "aws:eks/cluster:Cluster",
    name: `${name}-eksCluster`,
    custom: true,
    dependsOn: roles.filter((role) => role.custom).map((role) => role.key),
    dependsOnInputs: ["publicSubnetIds", "privateSubnetIds", "subnetIds", "enabledClusterLogTypes"],
    inputs: (child) => clusterInputs(name, inputs, child),
    ignoreChanges: [
      "accessConfig.bootstrapClusterCreatorAdminPermissions",
      "bootstrapSelfManagedAddons",
    ],
  };
  const provider: Child = {
    key: "provider",
    type: "pulumi:providers:kubernetes",
    name: `${name}-eks-k8s`,
    custom: true,
    dependsOn: [],
    inputs: (child) => ({
      kubeconfig: JSON.stringify(account.kubeconfig ?? kubeconfig(child("cluster"))),
      enableConfigMapMutable: at(inputs, "enableConfigMapMutable"),
    }),
  };
  return [...roles, cluster, provider, ...accessEntries(name, inputs)];
}

function clusterInputs(name: string, inputs: Properties, child: ChildLookup): Properties {
  return {
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
      nodeRoleArn: child("node/role").arn,
      nodePools: ["general-purpose", "system"],
      ...(at(inputs, "autoMode.computeConfig") as Properties | undefined),
    },
    storageConfig: { blockStorage: { enabled: true } },
    kubernetesNetworkConfig: { ipFamily: "ipv4", elasticLoadBalancing: { enabled: true } },
    vpcConfig: {
      subnetIds: subnetIds(inputs),
      endpointPrivateAccess: at(inputs, "endpointPrivateAccess"),
      endpointPublicAccess: at(inputs, "endpointPublicAccess"),
      publicAccessCidrs: at(inputs, "publicAccessCidrs"),
    },
    enabledClusterLogTypes: at(inputs, "enabledClusterLogTypes"),
    upgradePolicy: at(inputs, "upgradePolicy"),
    deletionProtection: at(inputs, "deletionProtection"),
    tags: { Name: `${name}-eksCluster` },
  };
}

/** All that were given; one list that is not known yet makes all of them unknown. */
function subnetIds(inputs: Properties): unknown {
  const keys =
    at(inputs, "subnetIds") === undefined ? ["publicSubnetIds", "privateSubnetIds"] : ["subnetIds"];
  const lists = keys.map((key) => at(inputs, key)).filter((list) => list !== undefined);
  return lists.find((list) => !Array.isArray(list)) ?? lists.flat();
}

const trustPolicy = (service: string, actions: readonly string[]): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Action: actions, Effect: "Allow", Principal: { Service: [service] } }],
  });

function serviceRole(key: string, name: string, policies: string[], inputs: Properties): Child[] {
  const component: Child = {
    key,
    type: "eks:index:ServiceRole",
    name,
    custom: false,
    dependsOn: [],
    inputs: () => ({}),
    registeredOutputs: (child) => {
      const role = resourceReference(child(`${key}/role`));
      return { resolvedRole: role, directRole: role };
    },
  };
  const role: Child = {
    key: `${key}/role`,
    type: "aws:iam/role:Role",
    name: `${name}-role`,
    custom: true,
    parent: key,
    dependsOn: [],
    inputs: () => inputs,
  };
  const attachments = policies.map((policyArn): Child => ({
    key: `${key}/${policyArn}`,
    type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    name: `${name}-${createHash("sha1").update(policyArn).digest("hex").slice(0, 8)}`,
    custom: true,
    parent: key,
    dependsOn: [],
    inputs: (child) => ({ policyArn, role: child(`${key}/role`).id }),
  }));
  return [component, role, ...attachments];
}

function accessEntries(name: string, inputs: Properties): Child[] {
  const entries = Object.entries((at(inputs, "accessEntries") ?? {}) as Record<string, Properties>);
  return entries.flatMap(([entryName, entry]): Child[] => {
    const { principalArn, type, kubernetesGroups, username } = entry;
    const key = `entry/${entryName}`;
    const policies = Object.entries((entry.accessPolicies ?? {}) as Record<string, Properties>);
    return [
      {
        key,
        type: "aws:eks/accessEntry:AccessEntry",
        name: `${name}-${entryName}`,
        custom: true,
        dependsOn: ["cluster"],
        inputs: (child) => ({
          clusterName: child("cluster").name,
          principalArn,
          type,
          kubernetesGroups,
          userName: username,
        }),
      },
      ...policies.map(([policyName, { policyArn, accessScope }]): Child => ({
        key: `policy/${entryName}/${policyName}`,
        type: "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        name: `${name}-${entryName}-${policyName}`,
        custom: true,
        parent: key,
        dependsOn: [key],
        inputs: (child) => ({
          clusterName: child("cluster").name,
          principalArn,
          policyArn,
          accessScope,
        }),
      })),
    ];
  });
}

function clusterOutputs({ inputs, account }: CreateCall, child: ChildLookup): Properties {
  const cluster = child("cluster");
  const config = account.kubeconfig ?? kubeconfig(cluster);
  const securityGroup = at(cluster, "vpcConfig.clusterSecurityGroupId");
  const [identity] = at(cluster, "identities") as readonly Properties[];
  const [oidc] = at(identity, "oidcs") as readonly Properties[];
  const issuer = textAt(oidc, "issuer");
  const roleName = child("node/role").name;
  return {
    eksCluster: resourceReference(cluster),
    core: coreData(inputs, config, child),
    kubeconfig: config,
    kubeconfigJson: JSON.stringify(config),
    instanceRoles: [],
    clusterSecurityGroupId: securityGroup,
    nodeSecurityGroupId: securityGroup,
    clusterIngressRuleId: "",
    defaultNodeGroupAsgName: "",
    fargateProfileId: "",
    fargateProfileStatus: "",
    oidcProviderArn: "",
    oidcProviderUrl: issuer,
    oidcIssuer: issuer.replace("https://", ""),
    autoModeNodeRoleName: roleName,
  };
}

function coreData(inputs: Properties, config: Properties, child: ChildLookup): Properties {
  const cluster = child("cluster");
  return {
    cluster: resourceReference(cluster),
    provider: resourceReference(child("provider")),
    clusterIamRole: resourceReference(child("service/role")),
    vpcId: at(inputs, "vpcId"),
    subnetIds: subnetIds(inputs),
    publicSubnetIds: at(inputs, "publicSubnetIds"),
    privateSubnetIds: at(inputs, "privateSubnetIds"),
    endpoint: cluster.endpoint,
    kubeconfig: config,
    nodeGroupOptions: { version: at(inputs, "version") },
    instanceRoles: [],
    storageClasses: {},
    accessEntries: Object.values(at(inputs, "accessEntries") ?? {}),
    autoModeNodeRoleName: child("node/role").name,
  };
}
