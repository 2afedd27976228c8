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
    if (value !== undefined) config[fullKey(name, key)] = asText(value);
  }
  for (const [key, value] of Object.entries(given)) {
    config[fullKey(name, key)] = asText(opaque(value));
    if (holdsSecret(value)) secretKeys.push(fullKey(name, key));
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
  const parsed: unknown = parse(text);
  if (!isProperties(parsed)) throw new pulumi.RunError(`${file} is not a YAML mapping`);
  return parsed;
}

function sectionOf(document: Properties, key: string): Properties {
  const section = document[key];
  return isProperties(section) ? section : {};
}

const isSecure = (value: unknown): boolean => isProperties(value) && "secure" in value;

/** One secret anywhere in a value makes all of it secret. */
const holdsSecret = (value: unknown): boolean =>
  isSecure(value) || (isProperties(value) && Object.values(value).some(holdsSecret));

/** What cannot be read without the passphrase, replaced. */
function opaque(value: unknown): unknown {
  if (isSecure(value)) return "an opaque secret";
  if (!isProperties(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, opaque(item)]));
}

/** A key without a namespace is the project's own. */
const fullKey = (project: string, key: string): string =>
  key.includes(":") ? key : `${project}:${key}`;

const asText = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);
