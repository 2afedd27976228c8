import { at, type Properties, reveal } from "../../simulation/resource";
import { canonical, holdsUnknown } from "./wire";

/** What a provider says about old and new inputs. */
export interface Diff {
  /** Top-level properties that differ. */
  readonly changes: readonly string[];
  /** Those of them that only a new resource can have. */
  readonly replaces: readonly string[];
}

export function diffInputs(type: string, old: Properties, wanted: Properties): Diff {
  const before = reveal(old);
  const after = reveal(wanted);
  const differs = (path: string) => {
    const value = at(after, path);
    return holdsUnknown(value) || canonical(at(before, path)) !== canonical(value);
  };
  const names = [...new Set([...Object.keys(old), ...Object.keys(wanted)])];
  const changes = names.filter(differs).sort();
  const replaces = pathsThatReplace(type).filter(differs).map(topLevel);
  return { changes, replaces: [...new Set(replaces)].sort() };
}

/**
 * A Kubernetes provider is replaced, and all that it made with it, when it may be another cluster's:
 * by its identifier, and only without one by its kubeconfig.
 */
export function diffProvider(type: string, old: Properties, wanted: Properties): Diff {
  const { changes } = diffInputs(type, old, wanted);
  if (type !== "pulumi:providers:kubernetes") return { changes, replaces: [] };
  const identifies = wanted.clusterIdentifier === undefined ? "kubeconfig" : "clusterIdentifier";
  return { changes, replaces: changes.filter((name) => name === identifies) };
}

function pathsThatReplace(type: string): readonly string[] {
  const own = replacing[type];
  if (own) return own;
  if (type.startsWith("kubernetes:")) return KUBERNETES_IDENTITY;
  if (type.startsWith("random:")) return ["length", "special", "keepers"];
  return type.startsWith("aws:") ? ["name"] : [];
}

const KUBERNETES_IDENTITY = ["apiVersion", "kind", "metadata.name", "metadata.namespace"];

/** Properties that no update can change, for the types where a name is not all. */
const replacing: Readonly<Record<string, readonly string[]>> = {
  "aws:ec2/vpc:Vpc": ["cidrBlock"],
  "aws:ec2/subnet:Subnet": ["vpcId", "availabilityZone", "cidrBlock"],
  "aws:ec2/routeTable:RouteTable": ["vpcId"],
  "aws:ec2/routeTableAssociation:RouteTableAssociation": ["subnetId"],
  "aws:ec2/route:Route": ["routeTableId", "destinationCidrBlock"],
  "aws:ec2/eip:Eip": ["domain"],
  "aws:ec2/natGateway:NatGateway": ["subnetId", "allocationId"],
  "aws:iam/rolePolicy:RolePolicy": ["role", "name"],
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ["role", "policyArn"],
  "aws:eks/cluster:Cluster": ["name", "roleArn", "bootstrapSelfManagedAddons"],
  "aws:eks/accessEntry:AccessEntry": ["clusterName", "principalArn"],
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": [
    "clusterName",
    "principalArn",
    "policyArn",
    "accessScope",
  ],
  "aws:eks/addon:Addon": ["clusterName", "addonName"],
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": [
    "clusterName",
    "namespace",
    "serviceAccount",
  ],
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": ["repository"],
  "aws:dynamodb/table:Table": ["name", "hashKey", "rangeKey"],
  "kubernetes:apps/v1:Deployment": [...KUBERNETES_IDENTITY, "spec.selector"],
  "kubernetes:storage.k8s.io/v1:StorageClass": [
    ...KUBERNETES_IDENTITY,
    "provisioner",
    "parameters",
    "reclaimPolicy",
    "volumeBindingMode",
  ],
  "kubernetes:networking.k8s.io/v1:IngressClass": [...KUBERNETES_IDENTITY, "spec.controller"],
  "kubernetes:helm.sh/v3:Release": ["name", "namespace"],
};

const topLevel = (path: string): string => path.split(".")[0] ?? path;
