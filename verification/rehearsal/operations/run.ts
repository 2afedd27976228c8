import { settled } from "../../cluster/settled";
import type { Effect, Operation, OperationGroup, OperationRun, Performed } from "./operation";
import { claimsChange, lostClaims, restarted, takeSnapshot } from "./snapshot";

/** One line of the table: what was expected of an operation, and what was seen. */
export interface OperationResult {
  readonly name: string;
  readonly expected: Effect;
  /** Why it was not run. */
  readonly skipped?: string;
  readonly seen?: Effect & { readonly preview: string };
  /** What is not as expected, one line each. */
  readonly differences: readonly string[];
  /** Claims whose data is gone though no preview had named them. */
  readonly lostUnannounced: readonly string[];
}

/** Claims of an operation that makes the stack anew or takes it down. */
export const NOT_COMPARED = "not compared";

/** Runs the operations of a group, one after the other, each on what the one before has left. */
export async function runGroup(
  group: OperationGroup,
  run: OperationRun,
): Promise<OperationResult[]> {
  const results: OperationResult[] = [];
  for (const operation of group.operations) {
    run.progress(operation.name);
    const result = await runOperation(operation, run);
    for (const line of result.differences) run.progress(`  NOT AS EXPECTED: ${line}`);
    results.push(result);
  }
  return results;
}

async function runOperation(operation: Operation, run: OperationRun): Promise<OperationResult> {
  const { kubernetes } = run.engine.cluster;
  const { name, expected } = operation;
  await settled(kubernetes, { operator: true });
  const before = await takeSnapshot(kubernetes);
  const performed = await attempt(operation, run);
  await settled(kubernetes, { operator: true });
  const after = await takeSnapshot(kubernetes);
  const { steps, preview } = performed;
  const seen = {
    steps,
    preview,
    claims: operation.startsAgain ? NOT_COMPARED : claimsChange(before, after),
    restarted: operation.startsAgain ? [] : restarted(before, after),
  };
  const lost =
    operation.isDamage || operation.startsAgain
      ? []
      : lostClaims(before, after).filter((claim) => !preview.includes(claim));
  return { name, expected, seen, differences: differences(expected, seen), lostUnannounced: lost };
}

async function attempt(operation: Operation, run: OperationRun): Promise<Performed> {
  try {
    return await operation.perform(run);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { steps: [`FAILED: ${message.slice(0, 1500)}`], preview: "" };
  }
}

function differences(expected: Effect, seen: Effect & { readonly preview: string }): string[] {
  const found: string[] = [];
  const compare = (what: string, wanted: unknown, got: unknown) => {
    if (String(wanted) !== String(got)) {
      found.push(`${what} must be ${text(wanted)}; got ${text(got)}`);
    }
  };
  compare("steps", expected.steps, seen.steps);
  compare("claims", expected.claims, seen.claims);
  compare("restarted", expected.restarted, seen.restarted);
  if (expected.announced && !expected.announced.test(seen.preview)) {
    found.push(
      `the preview must say ${String(expected.announced)}; got ${seen.preview.slice(-400)}`,
    );
  }
  return found;
}

const text = (value: unknown): string =>
  Array.isArray(value) ? (value.length === 0 ? "none" : value.join(", ")) : String(value);

/** What is there to run operations with. */
interface Means {
  readonly all: boolean;
  readonly valuesHaveEffect: boolean;
  /** How many charts there are. */
  readonly charts: number;
  readonly kedaChart: string | undefined;
}

/** Why a group is not run; undefined where it is. */
export function whySkipped(
  group: OperationGroup,
  { all, valuesHaveEffect, charts, kedaChart }: Means,
): string | undefined {
  if (!all && !group.short) return "not in the short rehearsal: --all";
  if (group.needsValues && !valuesHaveEffect)
    return "values have no effect in a rendered chart: --chart DIR";
  if (group.needsKeda && kedaChart === undefined) return "no CRDs of KEDA";
  if (group.needsOlderCharts && charts < 2) return "no older chart: --older-chart DIR";
  return undefined;
}
