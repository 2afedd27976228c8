import * as pulumi from "@pulumi/pulumi";
import * as command from "./commands";
import type { Fill } from "./commands";
import { type Given, isObject, parseJson } from "./given";
import type { Fields, ListKey, Secrets, TextsKey } from "./key";
import { type Problems, shown } from "./problems";
import { meantBy, type Rule, ruleFor } from "./rules";

/** A list of different texts. A wrong one gets one problem, whose fix changes as little as possible. */
export function readList(
  name: string,
  key: ListKey,
  { text = "", isSecret, region }: Given,
  problems: Problems,
): readonly string[] {
  const rule = ruleFor(key.item, region);
  const parsed = parseJson(text);
  if (isSecret) return Array.isArray(parsed) ? parsed.map(String) : [];
  if (!Array.isArray(parsed)) {
    const fills = mendedList([], key, rule, region);
    const commands = [command.remove(name), command.changeList(name, [], fills)];
    const fix = command.all(commands.filter((each) => each !== ""));
    problems.add(name, `a list, each item ${rule.must}`, shown(text), fix);
    return fills.map(({ value }) => value);
  }
  const wrong = wrongIn(parsed, key, rule);
  if (wrong === undefined) return parsed.map(String);
  const fills = mendedList(parsed, key, rule, region);
  problems.add(name, wrong.must, wrong.got, command.changeList(name, parsed, fills));
  return fills.map(({ value }) => value);
}

/** A list of objects; what is in them is for receivers.ts to check. */
export function readObjects(
  name: string,
  { text = "", isSecret }: Given,
  problems: Problems,
): readonly Fields[] {
  const parsed = parseJson(text);
  if (Array.isArray(parsed) && parsed.every(isObject)) return parsed;
  if (!isSecret) problems.add(name, "a list of objects", shown(text), command.remove(name));
  return [];
}

/** An object; what is in it is for another file to check. */
export function readObject(
  name: string,
  { text = "", isSecret }: Given,
  problems: Problems,
): Fields {
  const parsed = parseJson(text === "" ? "{}" : text);
  if (isObject(parsed)) return parsed;
  if (!isSecret) problems.add(name, "an object", shown(text), command.remove(name));
  return {};
}

/** An object of texts. A wrong entry is taken out, or becomes what was meant. */
export function readTexts(
  name: string,
  key: TextsKey,
  { text = "", isSecret }: Given,
  problems: Problems,
): Readonly<Record<string, string>> {
  const parsed = parseJson(text === "" ? "{}" : text);
  if (isSecret) return {};
  if (!isObject(parsed)) {
    problems.add(name, "an object of texts", shown(text), command.remove(name));
    return {};
  }
  const entries = Object.entries(parsed).flatMap(([entry, value]): [string, string][] => {
    const path = command.fieldPath(name, entry);
    if (!key.name.test(entry)) {
      const must = `an object, each name ${key.name.must}`;
      problems.add(name, must, shown(entry), command.removePath(path));
      return [];
    }
    if (typeof value === "string" && key.item.test(value)) return [[entry, value]];
    const meant = typeof value === "string" ? meantBy(key.item, value) : undefined;
    const fix = command.setPath(path, meant ?? command.VALUE);
    problems.add(path, key.item.must, shown(value), fix);
    return [[entry, meant ?? key.item.example]];
  });
  return Object.fromEntries(entries);
}

/** An object of secret texts; absent is as good as empty. */
export function readSecrets(name: string, { text, isSecret }: Given, problems: Problems): Secrets {
  const parsed = text === undefined ? {} : parseJson(text);
  if (!isObject(parsed)) {
    const must = "an object with a secret for each name";
    problems.add(name, must, "one text", command.remove(name));
    return { names: [] };
  }
  const names = Object.keys(parsed);
  for (const each of names) {
    const path = command.fieldPath(name, each);
    const value = parsed[each];
    if (typeof value !== "string" || value === "") {
      const must = "a text that is not empty";
      problems.add(
        path,
        must,
        shown(value) === "nothing" ? "nothing" : "something else",
        command.setSecret(path),
      );
    } else if (!isSecret) {
      problems.add(path, "a secret", "a value in clear", command.encryptPath(path));
    }
  }
  if (names.length === 0) return { names };
  return { names, values: pulumi.secret(parsed as Record<string, string>) };
}

/** The first thing that is wrong with a list; the mended list has none of them. */
function wrongIn(
  items: readonly unknown[],
  key: ListKey,
  rule: Rule,
): { readonly must: string; readonly got: string } | undefined {
  const bad = items.filter((item) => typeof item !== "string" || !rule.test(item));
  if (bad.length > 0) {
    return { must: `a list, each item ${rule.must}`, got: shortList(bad) };
  }
  const repeated = items.find((item, index) => items.indexOf(item) < index);
  if (repeated !== undefined) {
    return { must: "a list without repetition", got: `${shown(repeated)} more than once` };
  }
  if (items.length < key.least) {
    return {
      must: `a list of ${key.least} ${key.least === 1 ? "item" : "items"} or more`,
      got: shortList(items),
    };
  }
  if (items.length > (key.most ?? Infinity)) {
    return { must: `a list of ${key.most ?? 0} items at most`, got: String(items.length) };
  }
  return undefined;
}

/** The first three, because a list may have hundreds. */
function shortList(items: readonly unknown[]): string {
  if (items.length === 0) return "nothing";
  const first = items.slice(0, 3).map(shown).join(", ");
  return items.length > 3 ? `${first} and ${items.length - 3} more` : first;
}

/** Right items stay; a wrong one becomes what was meant, or the next fill, or is dropped. */
function mendedList(
  items: readonly unknown[],
  key: ListKey,
  rule: Rule,
  region: string,
): readonly Fill[] {
  const isRight = (item: unknown) => typeof item === "string" && rule.test(item);
  const used = new Set(items.filter(isRight));
  const unused = (): Fill | undefined => key.fill(region).find(({ value }) => !used.has(value));
  const take = (fill: Fill | undefined): Fill[] => {
    if (fill !== undefined) used.add(fill.value);
    return fill === undefined ? [] : [fill];
  };
  const mended = items.flatMap((item, index): Fill[] => {
    if (isRight(item) && items.indexOf(item) === index) return [{ value: String(item) }];
    const meant = meantBy(rule, String(item));
    return take(meant === undefined || used.has(meant) ? unused() : { value: meant });
  });
  while (mended.length < key.least) {
    const more = take(unused());
    if (more.length === 0) break;
    mended.push(...more);
  }
  return mended.slice(0, key.most);
}
