import type { Engine } from "./engine";
import type { FaultResult } from "./faults";
import type { Helm } from "./helm";
import { recover } from "./recovery";
import { differenceAtLast, type Result } from "./result";

/** An operation to kill, and the result that the recovery must reach. */
export interface KillCase {
  readonly operation: "up" | "destroy";
  /** Number of moments to kill at: the begin and the end of each call to AWS, and each write to Kubernetes. */
  readonly moments: number;
  /** @default of a destroy nothing */
  readonly wanted?: Result;
}

/** Counts the moments of an operation. */
export async function countMoments(engine: Engine, run: () => Promise<unknown>): Promise<number> {
  let moments = 0;
  const watch = onMoment(engine, () => moments++);
  try {
    await run();
    return moments;
  } finally {
    watch.stop();
  }
}

/**
 * Kills the CLI during an operation and then recovers as the documentation says. Calls that had begun
 * have taken effect, and the state does not know of them.
 * @param moment how many moments have passed when it is killed
 * @param withProvider whether the Kubernetes provider dies too
 */
export async function killAt(
  engine: Engine,
  helm: Helm,
  { operation, moments, wanted }: KillCase,
  moment: number,
  withProvider: boolean,
): Promise<FaultResult> {
  let count = 0;
  let at = "";
  const watch = onMoment(engine, (what) => {
    if (++count !== moment) return;
    at = what;
    engine.kill();
    if (withProvider) engine.endProviders();
  });
  const run = () => (operation === "up" ? engine.up() : engine.destroy());
  const first = await run();
  watch.stop();
  const fault = `killed ${operation} at moment ${moment} of ${moments}`;
  // Fewer writes than the time before: it ended by itself, and the kill came too late.
  if (!first.killed) return { fault, urn: "after its end", recoveredBy: "nothing", leftOver: [] };

  const commands = await recover(engine, helm, first.repairs);
  const last = await run();
  const left = !last.ok
    ? [`${operation} again fails: ${last.console.slice(-500)}`]
    : wanted
      ? await differenceAtLast(engine, wanted)
      : engine.account.inventory();
  const recoveredBy = left.length === 0 ? [...commands, operation].join(", ") : undefined;
  return { fault, urn: at, recoveredBy, leftOver: left };
}

function onMoment(engine: Engine, listener: (what: string) => void): { stop(): void } {
  engine.account.onOperation = (phase, urn) => {
    listener(`${phase} ${urn}`);
  };
  const writes = engine.cluster.proxy.onWrite(({ method, resource, namespace, name }) => {
    listener([method, resource, [namespace, name].filter(Boolean).join("/")].join(" "));
  });
  return {
    stop: () => {
      engine.account.onOperation = () => undefined;
      writes.stop();
    },
  };
}

/** Numbers in [1, most], the same for the same seed (mulberry32). */
export function randomMoments(seed: number, most: number, count: number): number[] {
  let state = seed >>> 0;
  return Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return 1 + (((mixed ^ (mixed >>> 14)) >>> 0) % most);
  });
}
