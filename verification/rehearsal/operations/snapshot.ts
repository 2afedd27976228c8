import type { Kubernetes, KubernetesObject } from "../../cluster/kubernetes";

/** Volume claims and pods of the cluster at a moment. */
export interface Snapshot {
  readonly claims: ReadonlyMap<string, Claim>;
  /** UIDs of the pods of each workload. */
  readonly pods: ReadonlyMap<string, ReadonlySet<string>>;
}

interface Claim {
  readonly uid: string;
  /** What the volume has, such as "50Gi". */
  readonly capacity: string;
}

interface ClaimObject extends KubernetesObject {
  readonly status?: { readonly capacity?: { readonly storage?: string } };
}

interface PodObject extends KubernetesObject {
  readonly metadata: KubernetesObject["metadata"] & {
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
  };
  readonly status?: { readonly phase?: string };
}

export async function takeSnapshot(kubernetes: Kubernetes): Promise<Snapshot> {
  const claims = await kubernetes.list<ClaimObject>("v1", "PersistentVolumeClaim");
  const pods = new Map<string, Set<string>>();
  for (const pod of await kubernetes.list<PodObject>("v1", "Pod")) {
    const workload = workloadOf(pod);
    if (workload === undefined || pod.metadata.deletionTimestamp !== undefined) continue;
    const uids = pods.get(workload) ?? new Set();
    pods.set(workload, uids.add(pod.metadata.uid ?? ""));
  }
  return {
    claims: new Map(
      claims.map(({ metadata, status }) => [
        metadata.name,
        { uid: metadata.uid ?? "", capacity: status?.capacity?.storage ?? "" },
      ]),
    ),
    pods,
  };
}

/** Shortened by what the chart and the operator put before each name. */
const short = (name: string): string =>
  name
    .replace(/^(prometheus|alertmanager)-kube-prometheus-stack-(prometheus|alertmanager)$/, "$2")
    .replace(/^kube-prometheus-stack-/, "");

/** Name of the Deployment, StatefulSet or DaemonSet; pods of Jobs come and go. */
function workloadOf({ metadata }: PodObject): string | undefined {
  const owner = metadata.ownerReferences?.[0];
  if (!owner || owner.kind === "Job") return undefined;
  return short(owner.kind === "ReplicaSet" ? owner.name.replace(/-[^-]+$/, "") : owner.name);
}

/** What happened to claims, in words: "kept", or how many are new, grown, smaller or gone. */
export function claimsChange(before: Snapshot, after: Snapshot): string {
  const parts: string[] = [];
  const count = (names: readonly string[], what: string) => {
    if (names.length > 0) parts.push(`${names.length} ${what}`);
  };
  const old = [...before.claims];
  count(lostClaims(before, after), "gone");
  count(
    [...after.claims.keys()].filter((name) => !before.claims.has(name)),
    "new",
  );
  const grown = old.filter(([name, claim]) => {
    const now = after.claims.get(name);
    return now?.uid === claim.uid && now.capacity !== claim.capacity;
  });
  count(
    grown.map(([name]) => name),
    "grown",
  );
  return parts.length === 0 ? "kept" : parts.join(", ");
}

/** Claims that are there no more, or anew under their old name: their data is gone. */
export const lostClaims = (before: Snapshot, after: Snapshot): string[] =>
  [...before.claims].flatMap(([name, { uid }]) =>
    after.claims.get(name)?.uid === uid ? [] : [name],
  );

/** Workloads of which a pod that was there is there no more, though the workload is. */
export const restarted = (before: Snapshot, after: Snapshot): string[] =>
  [...before.pods]
    .filter(([workload, uids]) => {
      const now = after.pods.get(workload);
      // Fewer replicas take pods away without a restart of the others.
      const kept = [...uids].filter((uid) => now?.has(uid)).length;
      return now !== undefined && kept < Math.min(uids.size, now.size);
    })
    .map(([workload]) => workload)
    .sort();
