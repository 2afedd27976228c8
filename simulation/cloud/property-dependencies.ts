import { isProperties, type Properties } from "../resource";
import type { ChildLookup } from "./behaviour";
import stringify from "safe-stable-stringify";

/**
 * Which siblings each property is made from: those whose other outputs would make it another value.
 * @returns keys of the siblings, by property; a property that is made from none is missing
 */
export function propertyDependencies(
  compute: (child: ChildLookup) => Properties,
  child: ChildLookup,
): ReadonlyMap<string, readonly string[]> {
  const asked = new Set<string>();
  const value = compute((key) => {
    asked.add(key);
    return child(key);
  });
  const found = new Map<string, readonly string[]>();
  for (const changed of asked) {
    const other = compute((key) => (key === changed ? changeTexts(child(key)) : child(key)));
    for (const property of Object.keys(value)) {
      if (stringify(value[property]) === stringify(other[property])) continue;
      found.set(property, [...(found.get(property) ?? []), changed]);
    }
  }
  return found;
}

/** Every text with a character more, so that whatever is made from one differs. */
export function changeTexts<T extends Properties>(answer: T): T {
  const change = (value: unknown): unknown => {
    if (typeof value === "string") return `${value}~`;
    if (Array.isArray(value)) return value.map(change);
    if (!isProperties(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item)]));
  };
  return change(answer) as T;
}
