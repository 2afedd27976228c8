import stringify from "safe-stable-stringify";
import { isProperties } from "../simulation/resource";

/** A value within a larger one that is not the same on both sides; undefined where a side has none. */
export interface ValueChange {
  /** Such as `spec.containers[0].image`. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Every value that differs, as deep as both sides are alike; a list that has grown or shrunk is one value. */
export function valueChanges(before: unknown, after: unknown, path = ""): ValueChange[] {
  if (same(before, after)) return [];
  if (isProperties(before) && isProperties(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => valueChanges(before[key], after[key], joined(path, key)));
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    const items: readonly unknown[] = after;
    return before.flatMap((item, index) => valueChanges(item, items[index], `${path}[${index}]`));
  }
  return [{ path, before, after }];
}

export const same = (before: unknown, after: unknown): boolean =>
  stringify(before) === stringify(after);

const joined = (path: string, key: string): string => {
  const field = /^[\w-]+$/.test(key) ? key : `["${key}"]`;
  return path === "" || field.startsWith("[") ? `${path}${field}` : `${path}.${field}`;
};

/** What is there on one side, on the other, and on both with another value. Keys are sorted. */
export interface Difference<T> {
  readonly added: readonly (readonly [key: string, value: T])[];
  readonly changed: readonly (readonly [key: string, before: T, after: T])[];
  readonly gone: readonly (readonly [key: string, value: T])[];
}

export function difference<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
): Difference<T> {
  const sorted = (entries: Iterable<readonly [string, T]>) =>
    [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    added: sorted(after).filter(([key]) => !before.has(key)),
    changed: sorted(before).flatMap(([key, old]) => {
      const wanted = after.get(key);
      return wanted === undefined || same(old, wanted) ? [] : [[key, old, wanted] as const];
    }),
    gone: sorted(before).filter(([key]) => !after.has(key)),
  };
}
