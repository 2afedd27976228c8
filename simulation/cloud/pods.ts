import { at, textAt } from "../resource";

/** One pod's requests, and how many of it there are. */
export interface Pods {
  readonly name: string;
  /** URN of the resource that runs them. */
  readonly because: string;
  readonly cpuMillicores: number;
  readonly memoryMiB: number;
  /** A number, or one on every node (a DaemonSet). */
  readonly count: number | "per-node";
  /** Asks for its replicas to be spread over zones. Karpenter tries to make nodes for that, though it must not. */
  readonly spread: boolean;
}

/** A PersistentVolumeClaim that a resource brings about. */
export interface VolumeClaim {
  readonly name: string;
  readonly gibibytes: number;
  /** Whether the claim goes with the release, or stays until its namespace does. */
  readonly deletedWithRelease: boolean;
  readonly storageClassName: string;
}

/** A number at a path, or 1. */
export function countAt(value: unknown, path: string): number {
  const found = at(value, path);
  return typeof found === "number" ? found : 1;
}

/** Millicores that a container requests. Quantities as far as this program writes them; none is 0. */
export function requestedCpu(resources: unknown): number {
  if (at(resources, "requests.cpu") === undefined) return 0;
  const text = textAt(resources, "requests.cpu");
  return text.endsWith("m") ? Number.parseInt(text, 10) : Number(text) * 1000;
}

/** MiB that a container requests; none is 0. */
export function requestedMemory(resources: unknown): number {
  if (at(resources, "requests.memory") === undefined) return 0;
  return mebibytes(textAt(resources, "requests.memory"));
}

export function mebibytes(quantity: string): number {
  const [, amount, unit] = /^(\d+)(Mi|Gi|Ti)$/.exec(quantity) ?? [];
  if (!unit) throw new Error(`the simulated cloud cannot read the quantity ${quantity}`);
  return Number(amount) * { Mi: 1, Gi: 1024, Ti: 1024 * 1024 }[unit as "Mi" | "Gi" | "Ti"];
}
