import stringify from "safe-stable-stringify";
import { replacement } from "../../simulation/cloud/replacement";
import { type Properties, reveal } from "../../simulation/resource";
import { holdsUnknown } from "./unknown-values";

/** What a provider says about old and new inputs. */
export interface Diff {
  /** Top-level properties that differ. */
  readonly changes: readonly string[];
  /** Those of them that only a new resource can have. */
  readonly replaces: readonly string[];
  /** Whether the old resource has to go before the new one is made. */
  readonly deleteBeforeReplace: boolean;
}

export function diffInputs(type: string, old: Properties, wanted: Properties): Diff {
  const before = reveal(old) as Properties;
  const after = reveal(wanted) as Properties;
  const { paths, deleteBeforeReplace } = replacement(type, before, after, holdsUnknown);
  const names = [...new Set([...Object.keys(old), ...Object.keys(wanted)])];
  const differs = (name: string) =>
    holdsUnknown(after[name]) || stringify(before[name]) !== stringify(after[name]);
  return {
    changes: names.filter(differs).sort(),
    replaces: [...new Set(paths.map(topLevel))].sort(),
    deleteBeforeReplace,
  };
}

const topLevel = (path: string): string => path.split(".")[0] ?? path;
