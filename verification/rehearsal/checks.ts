import type { FaultResult } from "./faults";
import type { Cli } from "./cli";
import type { Engine, Saved } from "./engine";

/** What the checks of a rehearsal hand on to each other: a CLI call costs seconds. */
export interface Stage {
  readonly cli: Cli;
  readonly engine: Engine;
  /** Every fault and number of chance follows from it. */
  readonly seed: number;
  /** Every fault by itself, and many kills, in the place of the short sample. */
  readonly all: boolean;
  readonly progress: (text: string) => void;
  /** States to begin from, by the check that has made them. */
  readonly saved: Map<SavedName, Saved>;
  /** Results of the undisturbed operations, to compare with. */
  readonly wanted: Map<SavedName, string>;
  readonly faults: FaultResult[];
}

export type SavedName = "empty" | "protected" | "unprotected";

/** One thing that a rehearsal shows; throws where it does not hold. */
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
