import { at, isProperties, type Properties, reveal } from "../resource";
import type { Behaviour, CloudResource, CreateCall, Need, Reference } from "./behaviour";
import type { DurationName } from "./durations";
import { CLUSTER } from "./eks";

export const NAMESPACE = "kubernetes:core/v1:Namespace";

/** Namespaces that every cluster has. */
const BUILT_IN = ["default", "kube-system", "kube-public", "kube-node-lease"];

/** Inputs by which an object is told from every other of its kind. */
const OBJECT_IDENTITY = ["metadata.namespace", "metadata.name"];

/** Inputs that no update can change. */
export const OBJECT_REPLACED_BY = ["apiVersion", "kind", ...OBJECT_IDENTITY];

type Needs = NonNullable<Behaviour["needs"]>;

/**
 * An object of the Kubernetes API: it needs a cluster that answers, and its namespace.
 * @param needs what it needs beside these
 */
export function object(duration: DurationName, needs: Needs = () => []): Behaviour {
  return {
    duration,
    id: objectId,
    outputs: named,
    identity: OBJECT_IDENTITY,
    replacedBy: OBJECT_REPLACED_BY,
    // As pulumi-kubernetes has it: an object of the same name cannot be made beside the old one.
    deleteBeforeReplace: (old, wanted) =>
      OBJECT_IDENTITY.every((path) => at(old, path) === at(wanted, path)),
    references: [onCluster, inNamespace],
    needs: onThatCluster((resource, all) => [
      ...ownNamespace(resource, all),
      ...needs(resource, all),
    ]),
    needsUntilGone: reachableUntilGone,
  };
}

function objectId(call: CreateCall): string {
  const { namespace, name } = named(call).metadata;
  return typeof namespace === "string" ? `${namespace}/${String(name)}` : String(name);
}

/** The provider makes a name up where the program gives none. */
export function named({ inputs, name, hash }: CreateCall): { readonly metadata: Properties } {
  const metadata = at(inputs, "metadata");
  const given = isProperties(metadata) ? metadata : {};
  return { metadata: { name: `${name}-${hash.slice(0, 8)}`, ...given } };
}

/** Of an object or of a Helm release. */
export function namespaceOf({ inputs }: CloudResource): unknown {
  const plain = reveal(inputs);
  return at(plain, "metadata.namespace") ?? at(plain, "namespace");
}

/** Whatever is on a cluster is gone with it, and no finalizer is waited for. */
export const onCluster: Reference = {
  to: CLUSTER,
  because: "it is made through its API server",
  matches: (from, cluster, all) => clustersOf(from, all).includes(cluster),
  onDelete: "takes along",
};

/** A namespace deletes what is in it as anybody would, finalizers and all. */
export const inNamespace: Reference = {
  to: NAMESPACE,
  because: "it is made in that namespace",
  matches: (from, namespace) => namespaceOf(from) === at(namespace.outputs, "metadata.name"),
  onDelete: "deletes",
};

/** The cluster that its provider talks to; every one, where the provider does not tell. */
function clustersOf(
  { provider }: CloudResource,
  all: readonly CloudResource[],
): readonly CloudResource[] {
  const clusters = all.filter(({ type }) => type === CLUSTER);
  const inputs = all.find(({ urn }) => urn === provider)?.inputs;
  if (!inputs) return clusters;
  const kubeconfig = String(reveal(inputs.kubeconfig));
  return clusters.filter(({ outputs }) => kubeconfig.includes(String(outputs.endpoint)));
}

/** A cluster that the stack does not make may have namespaces, classes and CRDs already. */
export function onThatCluster(needs: Needs): Needs {
  return (resource, all) => {
    const from = clustersOf(resource, all);
    const mayExistAlready = from.length === 0 ? { mayExistAlready: true as const } : {};
    const cluster = { what: "a cluster that answers", from, ...mayExistAlready };
    return [cluster, ...needs(resource, all).map((need) => ({ ...need, ...mayExistAlready }))];
  };
}

export function ownNamespace(
  resource: CloudResource,
  all: readonly CloudResource[],
): readonly Need[] {
  const namespace = namespaceOf(resource);
  if (typeof namespace !== "string" || BUILT_IN.includes(namespace)) return [];
  const from = all.filter(
    (other) => other.type === NAMESPACE && at(reveal(other.outputs), "metadata.name") === namespace,
  );
  return [{ what: `the namespace ${namespace}`, from }];
}

/** Without one of these the API server is gone, or the nodes are cut off from it. */
const REACHED_THROUGH = [
  CLUSTER,
  "aws:ec2/vpc:Vpc",
  "aws:ec2/natGateway:NatGateway",
  "aws:ec2/route:Route",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  "aws:eks/accessEntry:AccessEntry",
];

export function reachableUntilGone(
  resource: CloudResource,
  all: readonly CloudResource[],
): readonly Need[] {
  const from = all.filter(({ type }) => REACHED_THROUGH.includes(type));
  const clusters = clustersOf(resource, all);
  return [
    { what: "a cluster that answers", from: clusters },
    { what: "nodes that reach the API server", from },
  ];
}
