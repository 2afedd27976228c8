import type { Kubernetes } from "./kubernetes";

/** Kinds that controllers make and unmake by themselves, or that hold no wish of anybody's. */
const PASSING = new Set([
  "Binding",
  "ComponentStatus",
  "ControllerRevision",
  "Endpoints",
  "EndpointSlice",
  "Event",
  "IPAddress",
  "Lease",
  "Node",
  "Pod",
  "ReplicaSet",
  "VolumeAttachment",
]);

/**
 * What stays after a destroy: Helm never deletes CRDs, the Service is the operator's own, and a new cluster's
 * namespaces are filled while it is in use already.
 */
const STAYS = [
  /^(CustomResourceDefinition|APIService) .*\.monitoring\.coreos\.com$/,
  /^Service kube-system\/kube-prometheus-stack-kubelet$/,
  /^(ConfigMap|ServiceAccount) (default|kube-\S+)\/(kube-root-ca\.crt|default)$/,
];

/** Whether an object, as `kind namespace/name`, stays on purpose when the stack is destroyed. */
export const staysOnPurpose = (object: string): boolean => STAYS.some((each) => each.test(object));

/** Every object that somebody wished for, as `kind namespace/name`. */
export async function objectsOf(kubernetes: Kubernetes): Promise<string[]> {
  const kinds = (await kindsOf(kubernetes)).filter(({ kind }) => !PASSING.has(kind));
  const lists = await Promise.all(
    kinds.map(({ apiVersion, kind }) => kubernetes.list(apiVersion, kind)),
  );
  const names = lists
    .flat()
    .filter(({ metadata }) => metadata.namespace !== "kube-system" || isOfChart(metadata.name))
    // A release has a Secret for each revision; volumes have made-up names.
    .filter(({ metadata }) => !metadata.name.startsWith("sh.helm.release.v1."))
    .filter(({ kind }) => kind !== "PersistentVolume")
    .map(({ kind, metadata }) =>
      [kind, [metadata.namespace, metadata.name].filter(Boolean).join("/")].join(" "),
    );
  return [...new Set(names)].sort();
}

const isOfChart = (name: string): boolean => name.includes("kube-prometheus-stack");

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
}

interface ResourceList {
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly verbs: readonly string[];
  }[];
}

interface GroupList {
  readonly groups: readonly { readonly preferredVersion: { readonly groupVersion: string } }[];
}

/** Every kind that the cluster can list, in its preferred version. */
async function kindsOf({ client }: Kubernetes): Promise<Kind[]> {
  const { groups } = await client.call<GroupList>("/apis");
  const versions = ["v1", ...groups.map(({ preferredVersion }) => preferredVersion.groupVersion)];
  const lists = await Promise.all(
    versions.map(async (apiVersion) => {
      const path = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
      const { resources } = await client.call<ResourceList>(path);
      return resources
        .filter(({ name, verbs }) => !name.includes("/") && verbs.includes("list"))
        .map(({ kind }) => ({ apiVersion, kind }));
    }),
  );
  return lists.flat();
}
