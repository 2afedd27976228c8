import { at, isProperties, itemsOf, type Rule, shown } from "../rule";

/**
 * Advisory: the open range is this project's own default, because the program cannot know where pulumi
 * runs tomorrow, and IAM guards every call (docs/decisions/0012-api-server-cidrs.md).
 */
export const apiServerNetworks: Rule = {
  name: "api-server-networks",
  description: "Only named networks reach the API server of an EKS cluster.",
  level: "advisory",
  check: ({ type, name, props }) => {
    if (type !== "aws:eks/cluster:Cluster") return [];
    const network = at(props, "vpcConfig");
    if (!isProperties(network) || network.endpointPublicAccess === false) return [];
    // Without a list EKS lets everybody in.
    const cidrs = network.publicAccessCidrs ?? ["0.0.0.0/0"];
    if (!itemsOf(cidrs).some((cidr) => String(cidr).endsWith("/0"))) return [];
    return [
      `publicAccessCidrs of cluster ${name} must name networks; got ${shown(cidrs)}. Fix: pulumi config set --path 'apiServerCidrs[0]' ADDRESS/32, once the place that pulumi runs in has a fixed address`,
    ];
  },
};

const EBS = ["ebs.csi.eks.amazonaws.com", "ebs.csi.aws.com", "kubernetes.io/aws-ebs"];

export const volumesEncrypted: Rule = {
  name: "volumes-encrypted",
  description: "EBS volumes, and those that a StorageClass makes, are encrypted.",
  level: "mandatory",
  check: ({ type, name, props }) => {
    const [where, got] = encryption(type, props) ?? [];
    if (where === undefined || got === true || got === "true" || typeof got === "symbol") return [];
    return [`${where} of ${name} must be true; got ${shown(got)}. Fix: set ${where} to true`];
  },
};

/** The input that says whether volumes are encrypted, and what it says. */
function encryption(type: string, props: Readonly<Record<string, unknown>>) {
  if (type === "aws:ebs/volume:Volume") return ["encrypted", props.encrypted] as const;
  const isEbs = EBS.includes(String(props.provisioner));
  if (type !== "kubernetes:storage.k8s.io/v1:StorageClass" || !isEbs) return undefined;
  return ["parameters.encrypted", at(props, "parameters", "encrypted")] as const;
}
