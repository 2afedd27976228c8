import assert from "node:assert/strict";
import type { Cli } from "./cli";
import type { Engine } from "./engine";
import type { FaultResult } from "./faults";
import type { Helm } from "./helm";
import type { ChartFolder } from "./operations/operation";
import type { OperationResult } from "./operations/run";
import type { Result } from "./result";

/** What the checks of a rehearsal share. Later ones go on from what earlier ones have left. */
export interface Stage {
  readonly cli: Cli;
  readonly engine: Engine;
  readonly helm: Helm;
  /** Of the random moments. */
  readonly seed: number;
  /** Whether to try everything, and not only a sample. */
  readonly all: boolean;
  /** Whether the chart's templates read values: rendered ones do not. */
  readonly valuesHaveEffect: boolean;
  /** Oldest first; the last is the stack's. */
  readonly charts: readonly ChartFolder[];
  /** Folder of what stands in for KEDA's chart. @default its CRDs are not at hand, and KEDA is left out */
  readonly kedaChart: string | undefined;
  readonly progress: (text: string) => void;
  /** What a stack that came up without faults has come to; set by the first `up`. */
  wanted: Result | undefined;
  readonly operations: OperationResult[];
  readonly faults: FaultResult[];
}

/** A property that a rehearsal tests; `run` throws where it does not hold. */
export interface Check {
  readonly name: string;
  /** @returns the figure to print */
  run(stage: Stage): Promise<string>;
}

export function wantedResult({ wanted }: Stage): Result {
  if (!wanted) throw new Error("there is nothing to compare with: the first up has failed");
  return wanted;
}

export const UNPROTECTED = { deletionProtection: false };

/** Brings the stack up without deletion protection, whatever is there of it. */
export async function beUp({ engine }: Stage): Promise<void> {
  engine.work.configure(UNPROTECTED);
  const up = await engine.up();
  assert.ok(up.ok, up.console.slice(-2000));
}
