import { readFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
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
 * @throws pulumi.RunError saying which file is missing or not YAML
 */
export function readStackFiles(folder: string, stack: string, configFile?: string): StackFiles {
  const project = readYaml(path.join(folder, "Pulumi.yaml"));
  const name = project.name;
  if (typeof name !== "string") throw new pulumi.RunError("Pulumi.yaml has no name");
  const stackFile = configFile ?? path.join(folder, `Pulumi.${stack}.yaml`);
  const given = sectionOf(readYaml(stackFile), "config");

  const config: Record<string, string> = {};
  const secretKeys: string[] = [];
  for (const [key, declaration] of Object.entries(sectionOf(project, "config"))) {
    const value = isProperties(declaration)
      ? (declaration.default ?? declaration.value)
      : declaration;
    const full = fullKey(name, key);
    if (value !== undefined) config[full] = asText(value);
    const set = given[full] ?? given[key];
    if (isProperties(declaration) && set !== undefined && !fits(opaque(set), declaration)) {
      throw new pulumi.RunError(
        `Stack '${stack}' with configuration key '${key}' must be of type '${typeName(declaration)}'`,
      );
    }
  }
  for (const [key, value] of Object.entries(given)) {
    const full = fullKey(name, key);
    config[full] = asText(opaque(value));
    if (holdsSecret(value)) secretKeys.push(full);
  }
  return { project: name, config, secretKeys };
}

function readYaml(file: string): Properties {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new pulumi.RunError(
      `cannot read ${file}: give a stack that has a file, or --config-file FILE`,
    );
  }
  let parsed: unknown;
  try {
    parsed = parse(text);
  } catch (error) {
    throw new pulumi.RunError(`${file} is not YAML: ${String(error)}`);
  }
  if (!isProperties(parsed)) throw new pulumi.RunError(`${file} is not a YAML mapping`);
  return parsed;
}

function sectionOf(document: Properties, key: string): Properties {
  const section = document[key] ?? {};
  if (!isProperties(section)) throw new pulumi.RunError(`${key}: is not a YAML mapping`);
  return section;
}

/** The CLI's own check of a declared type, before any program runs; it stops at the first that fails. */
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

const isSecure = (value: unknown): boolean => isProperties(value) && "secure" in value;

/** One secret anywhere in a value makes all of it secret. */
function holdsSecret(value: unknown): boolean {
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

/** A key without a namespace is the project's own. */
const fullKey = (project: string, key: string): string =>
  key.includes(":") ? key : `${project}:${key}`;

const asText = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);
