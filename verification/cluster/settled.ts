import { setTimeout as delay } from "node:timers/promises";
import type { Kubernetes, KubernetesObject } from "./kubernetes";

interface Workload extends KubernetesObject {
  readonly spec: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberReady?: number;
  };
}

/** What the operator makes StatefulSets of. */
interface Operated extends KubernetesObject {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly observedGeneration?: number;
      readonly message?: string;
    }[];
  };
}

const SECONDS = 60;
const PAUSE_MILLISECONDS = 250;
const WORKLOADS = ["Deployment", "StatefulSet", "DaemonSet"];
const OPERATED = ["Prometheus", "Alertmanager"];

/**
 * Waits until the controllers have done what they were last asked for: every workload is observed,
 * updated and ready, no pod is about to end.
 * @param operator runs: Prometheus and Alertmanager have to be reconciled too. @default false
 * @param seconds at most
 * @returns undefined, or one sentence of what is not done
 */
export async function settled(
  kubernetes: Kubernetes,
  { operator = false, seconds = SECONDS } = {},
): Promise<string | undefined> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const open = await whatIsOpen(kubernetes, operator);
    if (open === undefined) return undefined;
    if (Date.now() > deadline) return `not settled after ${seconds} s: ${open}`;
    await delay(PAUSE_MILLISECONDS);
  }
}

async function whatIsOpen(kubernetes: Kubernetes, operator: boolean): Promise<string | undefined> {
  for (const kind of operator ? OPERATED : []) {
    for (const object of await kubernetes.list<Operated>("monitoring.coreos.com/v1", kind)) {
      const why = whyNotReconciled(object);
      if (why !== undefined) return `${kind} ${object.metadata.name} is not reconciled: ${why}`;
    }
  }
  for (const kind of WORKLOADS) {
    for (const workload of await kubernetes.list<Workload>("apps/v1", kind)) {
      if (!isReady(workload)) return `${kind} ${workload.metadata.name} is not ready`;
    }
  }
  const pods = await kubernetes.list("v1", "Pod");
  const ending = pods.find(({ metadata }) => metadata.deletionTimestamp !== undefined);
  return ending && `Pod ${ending.metadata.name} is being deleted`;
}

function whyNotReconciled({ metadata, status }: Operated): string | undefined {
  const reconciled = status?.conditions?.find(({ type }) => type === "Reconciled");
  if (reconciled?.observedGeneration !== metadata.generation) {
    return "the operator has not looked at it";
  }
  return reconciled?.status === "True" ? undefined : (reconciled?.message ?? "no reason given");
}

function isReady({ kind, metadata, spec, status = {} }: Workload): boolean {
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) return false;
  const isDaemonSet = kind === "DaemonSet";
  const wanted = isDaemonSet ? (status.desiredNumberScheduled ?? 0) : (spec.replicas ?? 1);
  const updated = isDaemonSet ? status.updatedNumberScheduled : status.updatedReplicas;
  const ready = isDaemonSet ? status.numberReady : status.readyReplicas;
  const all = isDaemonSet ? wanted : (status.replicas ?? 0);
  // Zero is left out of a status.
  return (updated ?? 0) === wanted && (ready ?? 0) === wanted && all === wanted;
}
