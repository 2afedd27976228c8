import stringify from "safe-stable-stringify";
import { at, type Properties } from "../resource";
import { behaviourOf } from "./behaviours";

/** What of a change only a new resource can have. */
export interface Replacement {
  /** Paths of the inputs; empty where an update does. */
  readonly paths: readonly string[];
  /** Whether the old resource has to go before the new one is made. */
  readonly deleteBeforeReplace: boolean;
}

/**
 * Whether a change of the inputs replaces a resource. Inputs are plain: secrets in clear, or hidden on both sides.
 * @param isUnknown whether a new value is one that only an update will tell. @default none is
 * @throws pulumi.RunError where the simulated cloud does not know the type
 */
export function replacement(
  type: string,
  before: Properties,
  after: Properties,
  isUnknown: (value: unknown) => boolean = () => false,
): Replacement {
  const { replacedBy = [], deleteBeforeReplace } = behaviourOf(type);
  const all = typeof replacedBy === "function" ? replacedBy(after) : replacedBy;
  const paths = all.filter((path) => {
    const value = at(after, path);
    return isUnknown(value) || stringify(at(before, path)) !== stringify(value);
  });
  return {
    paths,
    deleteBeforeReplace: paths.length > 0 && (deleteBeforeReplace?.(before, after) ?? false),
  };
}
