import type { FaultSource } from "./cloud-errors";
import { difference, resultOf } from "./comparison";
import type { Engine, Outcome, Saved } from "./engine";

/** One fault that was injected, and what came of it. */
export interface FaultResult {
  readonly fault: string;
  readonly urn: string;
  readonly recoveredBy: string | undefined;
  readonly leftOver: readonly string[];
}

type CreateFault = "nothing made" | "not ready";

interface Injected {
  readonly fault: string;
  readonly urn: string;
}

/** Fails the first creates or deletes of every resource, in the ways given, one after another. */
class EveryResourceFails implements FaultSource {
  readonly injected: Injected[] = [];
  private readonly counts = new Map<string, number>();

  constructor(
    private readonly operation: "create" | "delete",
    private readonly ways: readonly CreateFault[],
    private readonly only?: string,
  ) {}

  take(operation: "create" | "delete", urn: string): CreateFault | undefined {
    if (operation !== this.operation || (this.only !== undefined && urn !== this.only))
      return undefined;
    const count = this.counts.get(urn) ?? 0;
    const way = this.ways[count];
    this.counts.set(urn, count + 1);
    if (way)
      this.injected.push({ fault: operation === "delete" ? "delete" : `create: ${way}`, urn });
    return way;
  }
}

const MOST_LAYERS = 100;
/** Parallel deletes: more than any wave has, so that all of a wave is begun before the first fails. */
const WIDE = 100;

/**
 * Every resource's first create fails in each of the ways; what depends on it waits for the next
 * `up`, so the stack comes up layer by layer.
 * @returns what became of each fault, and the state and account before each layer
 */
export async function everyCreateFails(
  engine: Engine,
  ways: readonly CreateFault[],
  wanted: string,
  onProgress: (text: string) => void,
): Promise<{ readonly results: FaultResult[]; readonly layers: readonly Layer[] }> {
  const faults = new EveryResourceFails("create", ways);
  engine.account.faults = faults;
  const layers: Layer[] = [];
  let last: Outcome;
  do {
    const saved = engine.save();
    const before = faults.injected.length;
    last = await engine.up({ continueOnError: true });
    const failed = faults.injected.slice(before);
    layers.push({ saved, urns: failed.map(({ urn }) => urn) });
    onProgress(`up ${layers.length}: ${failed.length} creates failed`);
    if (!last.ok && failed.length === 0) throw new Error(`up failed of itself\n${last.console}`);
  } while (!last.ok && layers.length < MOST_LAYERS);
  const left = upLeft(engine, last, wanted);
  return { results: faults.injected.map((one) => result(one, "up", left)), layers };
}

/** State and account before some resources are created. */
interface Layer {
  readonly saved: Saved;
  readonly urns: readonly string[];
}

/** One create fails, once in each of the ways, and `up` is run again. */
export async function oneCreateFails(
  engine: Engine,
  saved: Saved,
  urn: string,
  ways: readonly CreateFault[],
  wanted: string,
): Promise<FaultResult[]> {
  engine.restore(saved);
  const faults = new EveryResourceFails("create", ways, urn);
  engine.account.faults = faults;
  for (const [index, way] of ways.entries()) {
    const failed = await engine.up();
    if (failed.ok || faults.injected.length !== index + 1) {
      throw new Error(
        `${way} of ${urn}: ${faults.injected.length} faults injected\n${failed.console}`,
      );
    }
  }
  const left = upLeft(engine, await engine.up(), wanted);
  return faults.injected.map((one) => result(one, "up", left));
}

/** Every resource's first delete fails; `destroy` again and again until it is done. */
export async function everyDeleteFails(
  engine: Engine,
  onProgress: (text: string) => void,
): Promise<FaultResult[]> {
  const faults = new EveryResourceFails("delete", ["nothing made"]);
  engine.account.faults = faults;
  let last: Outcome;
  let count = 0;
  do {
    const before = faults.injected.length;
    last = await engine.destroy({ parallel: WIDE });
    count++;
    const failed = faults.injected.length - before;
    onProgress(`destroy ${count}: ${failed} deletes failed`);
    if (!last.ok && failed === 0) throw new Error(`destroy failed of itself\n${last.console}`);
  } while (!last.ok && count < MOST_LAYERS);
  const left = destroyLeft(engine, last);
  return faults.injected.map((one) => result(one, "destroy", left));
}

/** One delete fails once, and `destroy` is run again. */
export async function oneDeleteFails(
  engine: Engine,
  saved: Saved,
  urn: string,
): Promise<FaultResult> {
  engine.restore(saved);
  const faults = new EveryResourceFails("delete", ["nothing made"], urn);
  engine.account.faults = faults;
  const first = await engine.destroy();
  const [injected] = faults.injected;
  if (first.ok || !injected) throw new Error(`the delete of ${urn} did not fail`);
  const second = await engine.destroy();
  return result(injected, "destroy", destroyLeft(engine, second));
}

/** What is still wrong after the last `up`. */
function upLeft(engine: Engine, last: Outcome, wanted: string): string[] {
  if (!last.ok) return [last.console.slice(-500)];
  const differs = difference(resultOf(engine.state(), engine.account), wanted);
  return differs === undefined ? [] : [differs];
}

function destroyLeft(engine: Engine, last: Outcome): string[] {
  return last.ok ? engine.account.inventory() : [last.console.slice(-500)];
}

/** A fault counts as recovered when nothing is left over. */
const result = (injected: Injected, by: string, leftOver: readonly string[]): FaultResult => ({
  ...injected,
  recoveredBy: leftOver.length === 0 ? by : undefined,
  leftOver,
});
