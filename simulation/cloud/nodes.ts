import { at, reveal } from "../resource";
import type { CloudResource, Need } from "./behaviour";
import type { Pods } from "./pods";

export const NODE_POOL = "kubernetes:karpenter.sh/v1:NodePool";

/** What pods wait for, for ever where nothing makes nodes: the stack's own pools, if EKS' pool is switched off. */
export const nodesOf = (all: readonly CloudResource[]): readonly Need[] => {
  const builtIn = all.flatMap(({ inputs }) => at(inputs, "computeConfig.nodePools") ?? []);
  const from = all.filter(({ type }) => type === NODE_POOL);
  if (from.length === 0 && (builtIn.length === 0 || builtIn.includes("general-purpose"))) return [];
  return [{ what: "a pool of nodes", from, forReadiness: true }];
};

export type Architecture = "amd64" | "arm64";

/**
 * The instances that the bill is worked out with, of the same generation and size. Auto Mode picks sizes of the
 * pool's categories by itself; these are the smallest that hold the stack's largest pod with its DaemonSets.
 */
export const INSTANCE_NAMES: Readonly<Record<Architecture, string>> = {
  amd64: "m6i.large",
  arm64: "m6g.large",
};

/** The size of both. */
export const instanceType = {
  vcpus: 2,
  /** What is left of 2 vCPU and 8 GiB after kubelet and system (EKS' reservation for 29 pods). */
  cpuMillicores: 1930,
  memoryMiB: 7100,
} as const;

/** What the nodes of a pool are. @throws Error where it admits none or both */
export function architectureOf(pool: Pick<CloudResource, "name" | "inputs">): Architecture {
  const all = at(reveal(pool.inputs), "spec.template.spec.requirements");
  const requirements = (all ?? []) as readonly { key: string; values: readonly string[] }[];
  const values = requirements.find(({ key }) => key === "kubernetes.io/arch")?.values ?? [];
  const [architecture] = values;
  if (values.length === 1 && (architecture === "amd64" || architecture === "arm64")) {
    return architecture;
  }
  throw new Error(`pool ${pool.name} must require one of amd64 and arm64; got ${values.join()}`);
}

/** vCPUs at which a pool makes no further node. */
export const vcpuLimitOf = (pool: Pick<CloudResource, "inputs">): number =>
  Number(at(reveal(pool.inputs), "spec.limits.cpu") ?? Infinity);

/** Auto Mode's default node storage: 80 GiB gp3. */
export const NODE_STORAGE_GIB = 80;

/**
 * How many nodes the pods' requests need: first fit, largest first, each replica that is to be
 * spread in the zone that has the fewest of its kind. Never less than one.
 */
export function nodesFor(pods: readonly Pods[], zones: number): number {
  const daemons = pods.filter((pod) => pod.count === "per-node");
  const free = {
    cpu: instanceType.cpuMillicores - sum(daemons, "cpuMillicores"),
    memory: instanceType.memoryMiB - sum(daemons, "memoryMiB"),
  };
  const nodes = [{ ...free, zone: 0 }];
  for (const { pod, replica } of replicasOf(pods)) {
    if (pod.cpuMillicores > free.cpu || pod.memoryMiB > free.memory) {
      throw new Error(`pod ${pod.name} does not fit an ${INSTANCE_NAMES.amd64}`);
    }
    const zone = pod.spread ? replica % zones : undefined;
    let node = nodes.find(
      (candidate) =>
        (zone === undefined || candidate.zone === zone) &&
        candidate.cpu >= pod.cpuMillicores &&
        candidate.memory >= pod.memoryMiB,
    );
    if (!node) nodes.push((node = { ...free, zone: zone ?? nodes.length % zones }));
    node.cpu -= pod.cpuMillicores;
    node.memory -= pod.memoryMiB;
  }
  return nodes.length;
}

function replicasOf(pods: readonly Pods[]): { pod: Pods; replica: number }[] {
  return pods
    .flatMap((pod) =>
      pod.count === "per-node"
        ? []
        : Array.from({ length: pod.count }, (_, replica) => ({ pod, replica })),
    )
    .sort((a, b) => b.pod.memoryMiB - a.pod.memoryMiB || b.pod.cpuMillicores - a.pod.cpuMillicores);
}

const sum = (pods: readonly Pods[], key: "cpuMillicores" | "memoryMiB"): number =>
  pods.reduce((total, pod) => total + pod[key], 0);
