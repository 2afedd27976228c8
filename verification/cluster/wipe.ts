import { setTimeout as delay } from "node:timers/promises";
import { isForeign } from "./cluster";
import type { Kubernetes, KubernetesObject } from "./kubernetes";

type IsLeft = (object: KubernetesObject) => boolean;

const SECONDS = 90;
const PAUSE_MILLISECONDS = 250;

/** Kubernetes' own have the label, or one of these names. */
const isNoBuiltIn: IsLeft = ({ metadata: { name, labels } }) =>
  labels?.["kubernetes.io/bootstrapping"] === undefined && !/^(system|kubeadm):/.test(name);
/** Kubernetes' own have no label, but this name. */
const isNoSystemClass: IsLeft = ({ metadata: { name } }) => !name.startsWith("system-");
/** The chart's Services of what runs on the control plane's side. */
const isOfChart: IsLeft = ({ metadata: { name, namespace } }) =>
  namespace === "kube-system" && name.startsWith("kube-prometheus-stack-");
const isOperatorCrd: IsLeft = ({ metadata: { name } }) =>
  name.endsWith(".monitoring.coreos.com") ||
  name.endsWith(".eks.amazonaws.com") ||
  name.endsWith(".karpenter.sh") ||
  name.endsWith(".keda.sh");
/** The one setting of EKS' that the stack makes outside of its namespaces. */
const isOfNetwork: IsLeft = ({ metadata: { name, namespace } }) =>
  namespace === "kube-system" && name === "amazon-vpc-cni";
const isAny: IsLeft = () => true;

/**
 * What a run can leave, in the order in which it is taken away: webhooks first, as one that nobody
 * answers refuses the rest.
 */
const LEFT: readonly (readonly [apiVersion: string, kind: string, isLeft: IsLeft])[] = [
  ["admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", isAny],
  ["admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", isAny],
  ["v1", "Namespace", ({ metadata }) => isForeign(metadata.name)],
  ["v1", "PersistentVolume", isAny],
  ["eks.amazonaws.com/v1", "IngressClassParams", isAny],
  ["karpenter.sh/v1", "NodePool", isAny],
  ["eks.amazonaws.com/v1", "NodeClass", isAny],
  ["v1", "ConfigMap", isOfNetwork],
  ["apiextensions.k8s.io/v1", "CustomResourceDefinition", isOperatorCrd],
  ["networking.k8s.io/v1", "IngressClass", isAny],
  ["storage.k8s.io/v1", "StorageClass", isAny],
  ["scheduling.k8s.io/v1", "PriorityClass", isNoSystemClass],
  ["rbac.authorization.k8s.io/v1", "ClusterRoleBinding", isNoBuiltIn],
  ["rbac.authorization.k8s.io/v1", "ClusterRole", isNoBuiltIn],
  ["rbac.authorization.k8s.io/v1", "RoleBinding", isOfChart],
  ["rbac.authorization.k8s.io/v1", "Role", isOfChart],
  ["v1", "Service", isOfChart],
  ["v1", "Endpoints", isOfChart],
  ["discovery.k8s.io/v1", "EndpointSlice", isOfChart],
];

/** Kinds whose end waits for a controller that may not be there any more. */
const HELD: readonly (readonly [apiVersion: string, kind: string])[] = [
  ["networking.k8s.io/v1", "Ingress"],
  ["v1", "PersistentVolumeClaim"],
  ["v1", "PersistentVolume"],
  ["eks.amazonaws.com/v1", "IngressClassParams"],
  ["keda.sh/v1alpha1", "ScaledObject"],
];

/**
 * Empties a cluster that only this repository's runs have filled: everything beside what a new
 * cluster has goes, and what holds it is taken off.
 * @returns undefined where nothing remains, or one sentence of what does after 90 s
 */
export async function wipe(kubernetes: Kubernetes, seconds = SECONDS): Promise<string | undefined> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const left = await leftIn(kubernetes);
    if (left.length === 0) {
      kubernetes.client.forgetKinds();
      return undefined;
    }
    if (Date.now() > deadline) return sentence(left, seconds);
    for (const object of left) {
      if (object.metadata.deletionTimestamp === undefined) await kubernetes.delete(object);
    }
    await release(kubernetes);
    await delay(PAUSE_MILLISECONDS);
  }
}

async function leftIn(kubernetes: Kubernetes): Promise<readonly KubernetesObject[]> {
  const left: KubernetesObject[] = [];
  for (const [apiVersion, kind, isLeft] of LEFT) {
    left.push(...(await kubernetes.list(apiVersion, kind)).filter(isLeft));
  }
  return left;
}

/** Takes the finalizers off what is to go. */
async function release(kubernetes: Kubernetes): Promise<void> {
  for (const [apiVersion, kind] of HELD) {
    for (const object of await kubernetes.list(apiVersion, kind)) {
      const { deletionTimestamp, finalizers = [] } = object.metadata;
      if (deletionTimestamp === undefined || finalizers.length === 0) continue;
      await kubernetes.patch(object, { metadata: { finalizers: null } });
    }
  }
}

function sentence(left: readonly KubernetesObject[], seconds: number): string {
  const names = left.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  const shown = names.slice(0, 5).join(", ");
  const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
  return `the cluster is not empty after ${seconds} s: ${shown}${more}`;
}
