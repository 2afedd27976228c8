import { at, type Properties, textAt } from "../resource";
import { awsId } from "./aws-ids";
import type {
  Behaviour,
  CloudResource,
  ControllerContext,
  ControllerObject,
  Need,
} from "./behaviour";
import { lateLogs, LOG_GROUP, logGroupOf } from "./cloudwatch";
import type { Invoke } from "./invoke";
import { keepsName } from "./names";
import { nodesOf } from "./nodes";
import { hourly, prices } from "./prices";
import { byInput } from "./references";

export const CLUSTER = "aws:eks/cluster:Cluster";
const ENTRY = "aws:eks/accessEntry:AccessEntry";
const ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";

const ofCluster = byInput("clusterName", CLUSTER, "takes along");

export const eks: Readonly<Record<string, Behaviour>> = {
  [CLUSTER]: {
    duration: "controlPlane",
    id: ({ inputs }) => textAt(inputs, "name"),
    outputs: ({ inputs, account, hash }) => ({
      arn: `arn:aws:eks:${account.region}:${account.accountId}:cluster/${textAt(inputs, "name")}`,
      endpoint: `https://${hash.slice(0, 32).toUpperCase()}.gr7.${account.region}.eks.amazonaws.com`,
      certificateAuthority: { data: Buffer.from("simulated").toString("base64") },
      identities: [
        {
          oidcs: [
            {
              issuer: `https://oidc.eks.${account.region}.amazonaws.com/id/${hash.slice(0, 32).toUpperCase()}`,
            },
          ],
        },
      ],
      vpcConfig: {
        ...(at(inputs, "vpcConfig") as object | undefined),
        clusterSecurityGroupId: awsId("sg", hash),
      },
    }),
    charges: ({ account }) => [
      hourly("EKS control plane (standard support)", prices(account.region).controlPlane),
    ],
    identity: ["name"],
    replacedBy: ["name", "roleArn", "bootstrapSelfManagedAddons"],
    deleteBeforeReplace: keepsName,
    holds: "everything on the cluster, with the data of its volumes",
    deletionProtection: "deletionProtection",
    references: [
      byInput("roleArn", "aws:iam/role:Role"),
      byInput("computeConfig.nodeRoleArn", "aws:iam/role:Role"),
      byInput("vpcConfig.subnetIds", "aws:ec2/subnet:Subnet", "refused"),
      {
        to: LOG_GROUP,
        because: "EKS would make the log group itself",
        matches: (cluster, group) => group.inputs.name === logGroupOf(cluster),
      },
    ],
    needs: policiesOfRole,
    controllers: clusterControllers,
  },
  [ENTRY]: {
    duration: "awsCall",
    identity: ["clusterName", "principalArn"],
    replacedBy: ["clusterName", "principalArn"],
    references: [ofCluster],
  },
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": {
    duration: "awsCall",
    createPutsInPlace: true,
    replacedBy: ["clusterName", "principalArn", "policyArn", "accessScope"],
    references: [
      ofCluster,
      {
        to: ENTRY,
        because: "it gives a policy to that entry",
        matches: (from, entry) => from.inputs.principalArn === entry.inputs.principalArn,
        onDelete: "takes along",
      },
    ],
  },
  "aws:eks/addon:Addon": {
    duration: "addon",
    identity: ["clusterName", "addonName"],
    replacedBy: ["clusterName", "addonName"],
    references: [ofCluster],
    // Kubernetes has the pool: AWS does not see it, nor does the rehearsal's account.
    needs: (_addon, all) => nodesOf(all).map((need) => ({ ...need, mayExistAlready: true })),
    runsOnNodes: true,
    pods: (addon) => [{ name: addon.name, because: addon.urn, ...METRICS_SERVER }],
  },
  [ASSOCIATION]: {
    duration: "awsCall",
    id: ({ hash }) => awsId("a", hash),
    identity: ["clusterName", "namespace", "serviceAccount"],
    replacedBy: ["clusterName", "namespace", "serviceAccount"],
    references: [ofCluster, byInput("roleArn", "aws:iam/role:Role")],
  },
};

/** metrics-server as the EKS add-on runs it: two replicas of 100m and 200Mi. */
const METRICS_SERVER = { cpuMillicores: 100, memoryMiB: 200, count: 2, spread: false };

/** EKS refuses a cluster whose role lacks the policies of Auto Mode. */
function policiesOfRole(cluster: CloudResource, all: readonly CloudResource[]): readonly Need[] {
  const roleArn = at(cluster.inputs, "roleArn");
  const role = all.find(({ outputs }) => outputs.arn === roleArn);
  if (!role || roleArn === undefined) return [];
  const from = all.filter(({ type, inputs }) => type === ATTACHMENT && inputs.role === role.id);
  return [{ what: "the policies of its role", from }];
}

/**
 * What gives the pods of a service account their permissions: its Pod Identity associations, whose
 * credentials are injected when a pod is created, and the policies of their roles.
 */
export function permissionsOf(
  namespace: unknown,
  serviceAccount: unknown,
  all: readonly CloudResource[],
): readonly CloudResource[] {
  const associations = all.filter(
    ({ type, inputs }) =>
      type === ASSOCIATION &&
      inputs.namespace === namespace &&
      inputs.serviceAccount === serviceAccount,
  );
  const roles = associations.flatMap(({ inputs }) =>
    all.filter(({ outputs }) => outputs.arn !== undefined && outputs.arn === inputs.roleArn),
  );
  const policies = all.filter(
    ({ type, inputs }) =>
      (type === ROLE_POLICY || type === ATTACHMENT) && roles.some(({ id }) => id === inputs.role),
  );
  return [...associations, ...policies];
}

function clusterControllers(
  cluster: CloudResource,
  { resources }: ControllerContext,
): readonly ControllerObject[] {
  const name = String(at(cluster.inputs, "name"));
  const ofEks = (kind: ControllerObject["kind"], objectName: string): ControllerObject => ({
    kind,
    name: objectName,
    charges: [],
    whyKept: (destroy) => (destroy.deletion(cluster) ? undefined : "the cluster was never deleted"),
  });
  return [
    ofEks("SecurityGroup", `eks-cluster-sg-${name}`),
    ofEks("NetworkInterface", `Amazon EKS ${name}`),
    ...lateLogs(cluster, resources),
  ];
}

export const eksInvokes: Readonly<Record<string, Invoke>> = {
  // Made up, another one for each minor: which version EKS has as its default, only AWS can say.
  "aws:eks/getAddonVersion:getAddonVersion": (inputs) => {
    const [, minor = "0"] = textAt(inputs, "kubernetesVersion").split(".");
    return { ...inputs, version: `v0.${minor}.0-eksbuild.1` } satisfies Properties;
  },
};
