import type { FaultResult } from "./faults";
import type { Cli } from "./cli";
import type { Engine, Saved } from "./engine";

/** What the checks of a rehearsal share. Later ones use the states of earlier ones: a CLI call takes seconds. */
export interface Stage {
  readonly cli: Cli;
  readonly engine: Engine;
  /** Of the random moments. */
  readonly seed: number;
  /** Whether to try every fault alone and many kills, and not only a sample. */
  readonly all: boolean;
  readonly progress: (text: string) => void;
  /** States to start from, by name. */
  readonly saved: Map<SavedName, Saved>;
  /** Results of operations without faults, to compare with. */
  readonly wanted: Map<SavedName, string>;
  readonly faults: FaultResult[];
}

type SavedName = "empty" | "protected" | "unprotected";

/** A property that a rehearsal tests; `run` throws where it does not hold. */
export interface Check {
  readonly name: string;
  /** @returns the figure to print */
  run(stage: Stage): Promise<string>;
}

export function savedAs(stage: Stage, name: SavedName): Saved {
  const saved = stage.saved.get(name);
  if (!saved) throw new Error(`the check that comes up to "${name}" has failed`);
  return saved;
}
