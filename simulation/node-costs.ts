import { total } from "./bill";
import { nodeCharges } from "./cloud/node-pools";
import {
  type Architecture,
  architectureOf,
  INSTANCE_NAMES,
  instanceType,
  NODE_POOL,
  vcpuLimitOf,
} from "./cloud/nodes";
import type { Simulation } from "./simulate";

/** What the nodes could cost at most, and on the other architecture. Dollars of a month. */
export interface NodeCosts {
  readonly vcpuLimit: number;
  /** Nodes of the pool's limit. */
  readonly mostNodes: number;
  /** The whole bill with as many. */
  readonly mostUsd: number;
  readonly architecture: Architecture;
  /** Of amd64 and arm64, the instances that are compared. */
  readonly instances: Readonly<Record<Architecture, string>>;
  /** What the stack's nodes cost less as arm64 than as amd64. */
  readonly arm64Saves: number;
}

/** @returns undefined for a stack that makes no nodes of its own */
export function nodeCosts(simulation: Simulation, region: string): NodeCosts | undefined {
  const { recording, made, charges } = simulation;
  const pool = recording.resources.find(({ type }) => type === NODE_POOL);
  if (pool === undefined) return undefined;
  const count = made.filter(({ kind }) => kind === "Node").length;
  const nodeUsd = (each: Architecture) => total(nodeCharges(region, each));
  const architecture = architectureOf(pool);
  const vcpuLimit = vcpuLimitOf(pool);
  const mostNodes = Math.floor(vcpuLimit / instanceType.vcpus);
  return {
    vcpuLimit,
    mostNodes,
    mostUsd: total(charges) + (mostNodes - count) * nodeUsd(architecture),
    architecture,
    instances: INSTANCE_NAMES,
    arm64Saves: count * (nodeUsd("amd64") - nodeUsd("arm64")),
  };
}
