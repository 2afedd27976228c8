import * as command from "./commands";
import type { Given } from "./given";
import type { IntegerKey, TextKey } from "./key";
import { type Problems, shown } from "./problems";
import { meantBy, ruleFor } from "./rules";

/*
 * Each adds a problem where the value is wrong, and returns what the problem's fix would set. A
 * value that must not be secret is a problem already: its rule is not checked.
 */

export function readText(name: string, key: TextKey, given: Given, problems: Problems): string {
  const { text = "", isSecret } = given;
  const rule = ruleFor(key.rule, given.region);
  const isEmptyByRight = text === "" && key.default === "";
  if (isSecret || isEmptyByRight || (text !== "null" && rule.test(text))) return text;
  const meant = meantBy(rule, text);
  const value = meant ?? (key.default === "" ? rule.example : (key.default ?? rule.example));
  const word = meant === undefined && key.default === "" ? command.VALUE : value;
  const got = text === "" ? undefined : rule.got?.(text);
  problems.add(name, rule.must, got ?? shown(text), command.set(name, word));
  return value;
}

export function readOneOf(
  name: string,
  values: readonly string[],
  fallback: string,
  { text = "", isSecret }: Given,
  problems: Problems,
): string {
  if (values.includes(text)) return text;
  if (isSecret) return fallback;
  problems.add(name, values.join(" or "), shown(text), command.set(name, fallback));
  return fallback;
}

export function readBoolean(
  name: string,
  fallback: boolean,
  given: Given,
  problems: Problems,
): boolean {
  const meant = booleanMeant(given.text ?? "") ?? fallback;
  return readOneOf(name, ["true", "false"], String(meant), given, problems) === "true";
}

/** What other words for yes and no mean; undefined for anything else. */
export function booleanMeant(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (["yes", "on", "y", "1", "true"].includes(word)) return true;
  return ["no", "off", "n", "0", "false"].includes(word) ? false : undefined;
}

export function readInteger(
  name: string,
  { least, most, none, why, default: fallback }: IntegerKey,
  { text = "", isSecret }: Given,
  problems: Problems,
): number {
  const number = Number(text);
  const isInBounds = (number >= least && number <= most) || number === none;
  if (/^-?\d+$/.test(text) && isInBounds) return number;
  if (isSecret) return fallback;
  const parsed = Number.parseInt(text, 10);
  const value = Number.isNaN(parsed) ? fallback : Math.min(Math.max(parsed, least), most);
  const must = `a whole number from ${least} to ${most}${why === undefined ? "" : ` (${why})`}`;
  problems.add(name, must, shown(text), command.set(name, String(value)));
  return value;
}
