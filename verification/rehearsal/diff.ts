import stringify from "safe-stable-stringify";
import { behaviourOf } from "../../simulation/cloud/behaviours";
import { at, type Properties, reveal } from "../../simulation/resource";
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
  const differs = (path: string) => {
    const value = at(after, path);
    return holdsUnknown(value) || stringify(at(before, path)) !== stringify(value);
  };
  const { replacedBy = [], deleteBeforeReplace } = behaviourOf(type);
  const paths = typeof replacedBy === "function" ? replacedBy(after) : replacedBy;
  const names = [...new Set([...Object.keys(old), ...Object.keys(wanted)])];
  const replaces = [...new Set(paths.filter(differs).map(topLevel))].sort();
  return {
    changes: names.filter(differs).sort(),
    replaces,
    deleteBeforeReplace: replaces.length > 0 && (deleteBeforeReplace?.(before, after) ?? false),
  };
}

const topLevel = (path: string): string => path.split(".")[0] ?? path;
