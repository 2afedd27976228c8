import { setTimeout as delay } from "node:timers/promises";
import { objectsOf } from "../cluster/objects";
import type { SimulatedAccount } from "./account";
import { type AccountResource, existsInCloud } from "./account-resource";
import type { Engine } from "./engine";
import type { State } from "./state";

/** What a stack has come to: what is there, and not how it came there. */
export interface Result {
  /** Type and URN of each resource in the state. */
  readonly state: readonly string[];
  /** What exists in AWS: how many of each type. Ids are of another run each time. */
  readonly account: readonly string[];
  /** Kind, namespace and name of each object on the cluster. */
  readonly objects: readonly string[];
}

export async function resultOf(engine: Engine): Promise<Result> {
  const counts = new Map<string, number>();
  for (const line of engine.account.inventory()) {
    const kind = line.split(" ")[0] ?? "";
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const pending = engine.state().pending.map(({ resource }) => `pending ${resource.urn}`);
  return {
    state: [...engine.state().resources.map(({ urn }) => urn), ...pending].sort(),
    account: [...counts].map(([kind, count]) => `${count} ${kind}`).sort(),
    objects: await objectsOf(engine.cluster.kubernetes),
  };
}

/** Lines of what two results do not share; empty where they are the same. */
function difference(result: Result, wanted: Result): string[] {
  const parts = ["state", "account", "objects"] as const;
  return parts.flatMap((part) => [
    ...without(wanted[part], result[part]).map((line) => `missing: ${line}`),
    ...without(result[part], wanted[part]).map((line) => `left over: ${line}`),
  ]);
}

/** Longer than a released volume stays. */
const SETTLE_MILLISECONDS = 60_000;

/** Waits until a stack has come to what is wanted. @returns what is different after a minute */
export async function differenceAtLast(engine: Engine, wanted: Result): Promise<string[]> {
  const deadline = Date.now() + SETTLE_MILLISECONDS;
  for (;;) {
    const lines = difference(await resultOf(engine), wanted);
    if (lines.length === 0 || Date.now() > deadline) return lines;
    await delay(1000);
  }
}

const without = (lines: readonly string[], others: readonly string[]): string[] => {
  const known = new Set(others);
  return lines.filter((line) => !known.has(line));
};

/** Resources that exist in AWS and are in no state. */
export function orphans(state: State, account: SimulatedAccount): AccountResource[] {
  const known = new Set(state.resources.map(({ type, id }) => `${type} ${id}`));
  return account.all().filter(({ type, id }) => existsInCloud(type) && !known.has(`${type} ${id}`));
}
