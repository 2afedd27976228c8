import type { Call } from "../../simulation/cloud/cloud";
import { at, isProperties, reveal } from "../../simulation/resource";
import type { SimulatedAccount } from "./account";
import { namespaceOf, type Thing } from "./things";

/**
 * When AWS, the API server and the providers that wait for them say no. Each rule answers with the
 * reason, or with undefined.
 */
export function whyNotCreated(call: Call, account: SimulatedAccount): string | undefined {
  if (!onCluster(call)) return undefined;
  const unreachable = whyUnreachable(account);
  if (unreachable) return unreachable;
  const namespace = namespaceOf(call);
  if (typeof namespace === "string" && !BUILT_IN.includes(namespace)) {
    const found = find(
      account,
      NAMESPACE,
      (thing) => at(thing.outputs, "metadata.name") === namespace,
    );
    if (!found) return `namespaces "${namespace}" not found`;
  }
  if (call.type.startsWith("kubernetes:monitoring.coreos.com/") && !find(account, RELEASE)) {
    return `no matches for kind in ${call.type}: the chart brings the CRDs`;
  }
  return undefined;
}

/** What the Kubernetes provider waits for after the call, and does not get. */
export function whyNotReady(thing: Thing, account: SimulatedAccount): string | undefined {
  switch (thing.type) {
    case INGRESS:
      return whyNoController(thing, account) && "Ingress .status.loadBalancer was not updated";
    case "kubernetes:apps/v1:Deployment":
      return whyNoImage(thing, account);
    default:
      return undefined;
  }
}

export function whyNotDeleted(thing: Thing, account: SimulatedAccount): string | undefined {
  if (onCluster(thing)) {
    const unreachable = whyUnreachable(account);
    if (unreachable) return unreachable;
    if (thing.type === INGRESS) return whyFinalizerStays(thing, account);
    if (thing.type !== NAMESPACE) return undefined;
    const stuck = account
      .all()
      .filter((other) => other.type === INGRESS && namespaceOf(other) === thing.id)
      .find((ingress) => whyFinalizerStays(ingress, account));
    return stuck && `timed out: Ingress ${stuck.id} in it is not gone`;
  }
  if (
    at(thing.inputs, "deletionProtection") === true ||
    at(thing.inputs, "deletionProtectionEnabled") === true
  ) {
    return `${thing.id} has deletion protection`;
  }
  if (thing.type === "aws:ecr/repository:Repository" && thing.inputs.forceDelete !== true) {
    const image = find(account, "docker-build:index:Image", (other) =>
      JSON.stringify(other.inputs.tags ?? "").includes(String(thing.outputs.repositoryUrl)),
    );
    if (image) return "RepositoryNotEmptyException";
  }
  const user = account
    .all()
    .find((other) => inUse[thing.type]?.includes(other.type) && refersTo(other, thing));
  if (user) return `DependencyViolation: ${user.type} ${user.id} uses ${thing.id}`;
  return whyNetworkBusy(thing, account);
}

/** Types of what keeps a thing from being deleted while it refers to it. */
const inUse: Readonly<Record<string, readonly string[]>> = {
  "aws:ec2/vpc:Vpc": [
    "aws:ec2/subnet:Subnet",
    "aws:ec2/routeTable:RouteTable",
    "aws:ec2/internetGateway:InternetGateway",
  ],
  "aws:ec2/subnet:Subnet": ["aws:ec2/natGateway:NatGateway", "aws:eks/cluster:Cluster"],
  "aws:ec2/routeTable:RouteTable": ["aws:ec2/routeTableAssociation:RouteTableAssociation"],
  "aws:ec2/eip:Eip": ["aws:ec2/natGateway:NatGateway"],
  "aws:iam/role:Role": [
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  ],
};

/** Interfaces that controllers have put into the network keep all of it. */
function whyNetworkBusy(thing: Thing, account: SimulatedAccount): string | undefined {
  const isNetwork = ["Vpc", "Subnet", "InternetGateway"].some((type) =>
    thing.type.endsWith(`:${type}`),
  );
  if (!isNetwork) return undefined;
  const gateway = find(account, "aws:ec2/natGateway:NatGateway");
  if (gateway) return `DependencyViolation: ${gateway.id} has a public address in ${thing.id}`;
  const busy = account
    .controllerObjects()
    .now.find(({ kind }) => kind === "NetworkInterface" || kind === "Node");
  return busy && `DependencyViolation: ${busy.kind} ${busy.name} is in ${thing.id}`;
}

/** The load balancer goes by the Ingress' finalizer, which the class' controller has to take off. */
function whyFinalizerStays(ingress: Thing, account: SimulatedAccount): string | undefined {
  const missing = whyNoController(ingress, account);
  return missing && `timed out: the finalizer of Ingress ${ingress.id} stays, ${missing}`;
}

function whyNoController(ingress: Thing, account: SimulatedAccount): string | undefined {
  const name = at(ingress.inputs, "spec.ingressClassName");
  const isIts = (thing: Thing) => at(thing.outputs, "metadata.name") === name;
  const ingressClass = find(account, "kubernetes:networking.k8s.io/v1:IngressClass", isIts);
  if (!ingressClass || account.isBeingDeleted(ingressClass.urn)) return "its class is gone";
  const params = at(ingressClass.inputs, "spec.parameters.name");
  if (params === undefined) return undefined;
  const found = find(
    account,
    "kubernetes:eks.amazonaws.com/v1:IngressClassParams",
    (thing) => at(thing.outputs, "metadata.name") === params,
  );
  return found && !account.isBeingDeleted(found.urn) ? undefined : "its class' parameters are gone";
}

/** An image of a registry in this account has to be there. */
function whyNoImage(deployment: Thing, account: SimulatedAccount): string | undefined {
  const containers = at(reveal(deployment.inputs), "spec.template.spec.containers");
  const images = (Array.isArray(containers) ? containers : []).map((each) =>
    String(at(each, "image")),
  );
  const missing = images.find((image) => {
    const [repository, digest] = image.split("@");
    const own = find(
      account,
      "aws:ecr/repository:Repository",
      (thing) => thing.outputs.repositoryUrl === repository,
    );
    const built = find(
      account,
      "docker-build:index:Image",
      (thing) => thing.outputs.digest === digest,
    );
    return own !== undefined && built === undefined;
  });
  return missing && `ImagePullBackOff: ${missing}`;
}

function whyUnreachable(account: SimulatedAccount): string | undefined {
  const cluster = find(account, "aws:eks/cluster:Cluster");
  const isThere = cluster !== undefined && !account.isBeingDeleted(cluster.urn);
  return isThere ? undefined : "configured Kubernetes cluster is unreachable";
}

/**
 * What there can be only one of, whoever makes the second. Undefined for things that AWS makes as
 * often as it is asked to.
 */
export function identityOf(call: Call): string | undefined {
  const keys = onCluster(call)
    ? ["metadata.namespace", "metadata.name", "namespace", "name"]
    : (unique[call.type] ?? (call.type.startsWith("aws:") && !isPut(call.type) ? ["name"] : []));
  const values = keys.map((key) => at(call.inputs, key)).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : `${call.type} ${values.map(String).join("/")}`;
}

const unique: Readonly<Record<string, readonly string[]>> = {
  "aws:ec2/subnet:Subnet": ["vpcId", "cidrBlock"],
  "aws:ec2/internetGateway:InternetGateway": ["vpcId"],
  "aws:ec2/route:Route": ["routeTableId", "destinationCidrBlock"],
  "aws:ec2/routeTableAssociation:RouteTableAssociation": ["subnetId"],
  "aws:eks/accessEntry:AccessEntry": ["clusterName", "principalArn"],
  "aws:eks/addon:Addon": ["clusterName", "addonName"],
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": [
    "clusterName",
    "namespace",
    "serviceAccount",
  ],
};

/** Calls that put a thing in its place: a second one changes nothing. */
export const isPut = (type: string): boolean =>
  /^(pulumi|random|time|docker-build):/.test(type) ||
  /(Policy|PolicyAttachment|PolicyAssociation)$/.test(type);

const NAMESPACE = "kubernetes:core/v1:Namespace";
const INGRESS = "kubernetes:networking.k8s.io/v1:Ingress";
const RELEASE = "kubernetes:helm.sh/v3:Release";
const BUILT_IN = ["default", "kube-system"];

const onCluster = ({ type }: Call): boolean => type.startsWith("kubernetes:");

const find = (
  account: SimulatedAccount,
  type: string,
  matches: (thing: Thing) => boolean = () => true,
): Thing | undefined => account.all().find((thing) => thing.type === type && matches(thing));

/** By id or by name, anywhere in the inputs. */
function refersTo(user: Thing, used: Thing): boolean {
  const names = [used.id, used.outputs.arn, used.outputs.name].filter((name) => name !== undefined);
  const holds = (value: unknown): boolean =>
    Array.isArray(value)
      ? value.some(holds)
      : isProperties(value)
        ? Object.values(value).some(holds)
        : typeof value === "string" && names.includes(value);
  return holds(user.inputs);
}
