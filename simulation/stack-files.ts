import { readFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parseAllDocuments } from "yaml";
import { all, changeList, encryptPath, fieldPath, remove, set } from "../config/commands";
import { parseJson } from "../config/given";
import { sentence } from "../config/problems";
import { SECRETS } from "../config/receivers";
import { booleanMeant } from "../config/scalars";
import { isProperties, type Properties } from "./resource";

/** What the CLI knows of a stack before the program runs. */
export interface StackFiles {
  readonly project: string;
  /** Full keys; lists and objects as JSON, everything else as text: so the CLI passes them on. */
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

/**
 * Reads Pulumi.yaml and the stack's file as the CLI does, defaults included. The value of a
 * `secure:` key cannot be read without its passphrase and is an opaque text here.
 * @throws pulumi.RunError saying which file is missing or not YAML, or which value the CLI refuses
 * before it starts a program, with the command that mends it
 */
export function readStackFiles(folder: string, stack: string, configFile?: string): StackFiles {
  const project = readYaml(path.join(folder, "Pulumi.yaml"));
  const name = project.name;
  if (typeof name !== "string") throw new pulumi.RunError("Pulumi.yaml has no name");
  const stackFile = configFile ?? path.join(folder, `Pulumi.${stack}.yaml`);
  const given = sectionOf(readYaml(stackFile), "config");

  const config: Record<string, string> = {};
  const declared = Object.entries(sectionOf(project, "config"));
  for (const [key, declaration] of declared) {
    const value = isProperties(declaration)
      ? (declaration.default ?? declaration.value)
      : declaration;
    if (value !== undefined) config[fullKey(name, key)] = asText(value);
  }
  const values = Object.entries(given).map(([key, value]): [string, unknown] => [
    fullKey(name, key),
    // The CLI takes a key without a value for an empty text, and warns.
    value ?? "",
  ]);
  refuseWrongTypes(stack, name, new Map(declared), new Map(values));
  refuseClearSecrets(name, values);
  for (const [full, value] of values) config[full] = asText(opaque(value));
  const secretKeys = values.filter(([, value]) => holdsSecret(value)).map(([full]) => full);
  return { project: name, config, secretKeys };
}

function readYaml(file: string): Properties {
  let text: string;
  try {
    text = decoded(readFileSync(file));
  } catch (error) {
    const { code = "no answer" } = error as NodeJS.ErrnoException;
    throw new pulumi.RunError(
      `${file} must be a file that can be read; got ${code}. Fix: name a stack that has one (--stack dev), or another file (--config-file FILE)`,
    );
  }
  const [document] = parseAllDocuments(text);
  // An empty file, or one of comments, is an empty configuration; of several documents the first counts.
  if (document === undefined || !("errors" in document)) return {};
  const [error] = document.errors;
  if (error) {
    const [what = ""] = error.message.split("\n");
    throw new pulumi.RunError(
      `${file} must be YAML; got ${what} Fix: write it by pulumi config set`,
    );
  }
  const parsed: unknown = document.toJS() ?? {};
  if (!isProperties(parsed)) throw new pulumi.RunError(notMapping(file, parsed));
  return parsed;
}

/** UTF-8, or what the byte order mark says. */
function decoded(bytes: Buffer): string {
  const mark = bytes.subarray(0, 2).toString("hex");
  const encoding = { fffe: "utf-16le", feff: "utf-16be" }[mark] ?? "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}

function sectionOf(document: Properties, key: string): Properties {
  const section = document[key] ?? {};
  if (!isProperties(section))
    throw new pulumi.RunError(notMapping(`${key} in a stack file`, section));
  return section;
}

const notMapping = (what: string, got: unknown): string =>
  `${what} must be a YAML mapping, a key and its value on each line; got ${Array.isArray(got) ? "a list" : `a ${typeof got}`}. Fix: write it by pulumi config set`;

/** The CLI's own check, before any program runs; it stops at the first key, by name, that fails. */
function refuseWrongTypes(
  stack: string,
  project: string,
  declared: ReadonlyMap<string, unknown>,
  values: ReadonlyMap<string, unknown>,
): void {
  for (const key of [...declared.keys()].sort()) {
    const declaration = declared.get(key);
    const value = values.get(fullKey(project, key));
    if (!isProperties(declaration) || value === undefined) continue;
    // What a secret holds cannot be checked here.
    if (isSecure(value) || fits(opaque(value), declaration)) continue;
    throw new pulumi.RunError(
      `Stack '${stack}' with configuration key '${key}' must be of type '${typeName(declaration)}'. Fix: ${typeFix(key, value, declaration)}`,
    );
  }
}

/** Takes the value out; a text that names the items of a list becomes that list. */
function typeFix(key: string, value: unknown, declaration: Properties): string {
  const meant = declaration.type === "boolean" ? booleanMeant(String(value)) : undefined;
  if (meant !== undefined) return set(key, String(meant));
  if (typeName(declaration) !== "array<string>" || typeof value !== "string") return remove(key);
  const parsed = parseJson(value);
  const items = Array.isArray(parsed) ? parsed.map(String) : value.split(/[\s,]+/);
  const fills = items.filter((item) => item !== "").map((item) => ({ value: item }));
  return all([remove(key), ...(fills.length > 0 ? [changeList(key, [], fills)] : [])]);
}

/**
 * One `secure:` value makes all of its object secret for the program, which then cannot see that
 * another one beside it stands in the file in clear.
 */
function refuseClearSecrets(
  project: string,
  values: readonly (readonly [string, unknown])[],
): void {
  const sentences = values.flatMap(([full, value]) => {
    const key = full.slice(full.indexOf(":") + 1);
    if (full !== fullKey(project, SECRETS)) return [];
    if (!isProperties(value) || isSecure(value) || !holdsSecret(value)) return [];
    const clear = Object.keys(value).filter((name) => !holdsSecret(value[name]));
    return clear.map((name) => {
      const path = fieldPath(key, name);
      return sentence(path, "a secret", "a value in clear", encryptPath(path));
    });
  });
  if (sentences.length > 0) throw new pulumi.RunError(sentences.join("\n"));
}

/** Whether a value has the declared type. */
function fits(value: unknown, declaration: Properties): boolean {
  switch (declaration.type) {
    case "string":
      return typeof value !== "object";
    case "integer":
      return Number.isInteger(value) || (typeof value === "string" && /^[+-]?\d+$/.test(value));
    case "boolean":
      return typeof value === "boolean" || value === "true" || value === "false";
    case "object":
      return isProperties(value);
    case "array": {
      const items = declaration.items;
      return (
        Array.isArray(value) && isProperties(items) && value.every((item) => fitsItem(item, items))
      );
    }
    default:
      return true;
  }
}

/** Within a list nothing has become text yet, so a number is no string there. */
const fitsItem = (item: unknown, items: Properties): boolean =>
  items.type === "string" ? typeof item === "string" : fits(item, items);

const typeName = ({ type, items }: Properties): string =>
  isProperties(items) ? `array<${typeName(items)}>` : String(type);

const isSecure = (value: unknown): boolean =>
  isProperties(value) && Object.keys(value).length === 1 && typeof value.secure === "string";

/** One secret anywhere in a value makes all of it secret. */
export function holdsSecret(value: unknown): boolean {
  if (isSecure(value)) return true;
  const inside = typeof value === "object" && value !== null ? Object.values(value) : [];
  return inside.some(holdsSecret);
}

/** What cannot be read without the passphrase, replaced. */
function opaque(value: unknown): unknown {
  if (isSecure(value)) return "an opaque secret";
  if (Array.isArray(value)) return value.map(opaque);
  if (!isProperties(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, opaque(item)]));
}

/** A key without a namespace is the project's own; `config:` after it is an older way to write the same. */
const fullKey = (project: string, key: string): string =>
  key.includes(":") ? key.replace(":config:", ":") : `${project}:${key}`;

const asText = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);
