import * as pulumi from "@pulumi/pulumi";
import * as runtimeConfig from "@pulumi/pulumi/runtime/config";
import { distance } from "fastest-levenshtein";
import type { Rule } from "./rules";

/** Reads typed values from one project's namespace and collects what is wrong with them. */
export class ConfigReader {
  private readonly known = new Set<string>();
  private readonly problems = new Map<string, string>();
  private readonly config: pulumi.Config;

  constructor(private readonly project: string) {
    this.config = new pulumi.Config(project);
  }

  region(): string {
    const region = new pulumi.Config("aws").get("region") ?? "";
    if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) {
      this.problem(
        "aws:region",
        region,
        "an AWS region",
        "pulumi config set aws:region ap-northeast-1",
      );
      return "";
    }
    return region;
  }

  text(key: string, rule: Rule): string {
    const value = this.raw(key);
    if (value === undefined || (value === "" && rule.optional)) return "";
    if (!rule.test(value)) {
      this.problem(key, value, rule.allowed, `pulumi config set ${key} ${rule.example}`);
    }
    return value;
  }

  oneOf<T extends string>(key: string, allowed: readonly [T, ...T[]]): T {
    const value = this.raw(key);
    const found = allowed.find((candidate) => candidate === value);
    if (value !== undefined && found === undefined) {
      this.problem(key, value, allowed.join(" or "), `pulumi config set ${key} ${allowed[0]}`);
    }
    return found ?? allowed[0];
  }

  boolean(key: string): boolean {
    return this.oneOf(key, ["false", "true"]) === "true";
  }

  integer(key: string, least: number, most: number): number {
    const value = this.raw(key);
    if (value === undefined) return least;
    const number = Number(value);
    if (!/^-?\d+$/.test(value) || number < least || number > most) {
      this.problem(
        key,
        value,
        `a whole number from ${least} to ${most}`,
        `pulumi config rm ${key}`,
      );
    }
    return number;
  }

  list(key: string, rule: Rule): readonly string[] {
    const value = this.raw(key);
    if (value === undefined) return [];
    const items = parseList(value);
    if (items === undefined) {
      const command = `pulumi config rm ${key} && pulumi config set --path '${key}[0]' ${rule.example}`;
      this.problem(key, value, `a list, each item ${rule.allowed}`, command);
      return [];
    }
    items.forEach((item, index) => {
      if (rule.test(item)) return;
      const command = `pulumi config set --path '${key}[${index}]' ${rule.example}`;
      this.problem(`${key}[${index}]`, item, rule.allowed, command);
      this.problems.set(key, this.problems.get(key) ?? "");
    });
    return items;
  }

  /** A list of objects; what is in them is for the caller to check. */
  objects(key: string): readonly Readonly<Record<string, unknown>>[] {
    const value = this.raw(key);
    const items = value === undefined ? [] : parseJson(value);
    if (Array.isArray(items) && items.every(isObject)) return items;
    this.problem(key, value ?? "", "a list of objects", `pulumi config rm ${key}`);
    return [];
  }

  /**
   * An optional object of secrets, which Pulumi.yaml cannot declare: the CLI refuses a type, a
   * default and secrecy together. The keys are plain, the values secret.
   */
  secretObject(key: string): {
    readonly keys: readonly string[];
    readonly values?: pulumi.Output<Record<string, string>>;
  } {
    this.known.add(key);
    const value = this.config.get(key);
    if (value === undefined) return { keys: [] };
    const parsed = parseJson(value);
    const remove = `pulumi config rm ${key}`;
    const set = (name: string) => `pulumi config set --secret --path '${key}.${name}' <value>`;
    if (!isSecretKey(`${this.project}:${key}`)) {
      this.problem(key, "values in clear", "secrets only", `${remove} && ${set("<name>")}`);
      return { keys: [] };
    }
    if (!isObject(parsed)) {
      this.problem(key, "one secret", "an object of secrets", remove);
      return { keys: [] };
    }
    for (const name of Object.keys(parsed).filter((each) => !isText(parsed[each]))) {
      this.problem(`${key}.${name}`, "something else", "a text that is not empty", set(name));
    }
    return {
      keys: Object.keys(parsed),
      values: this.config.requireSecretObject<Record<string, string>>(key),
    };
  }

  isFine(key: string): boolean {
    return !this.problems.has(key);
  }

  problem(key: string, value: string | readonly string[], allowed: string, command: string): void {
    const [top = ""] = key.split(/[.[]/);
    const shown = isSecretKey(`${this.project}:${top}`) ? "[secret]" : JSON.stringify(value);
    const got = value === "" ? "nothing" : shown;
    this.problems.set(key, `${key}: got ${got}, allowed is ${allowed}. Mend it with: ${command}`);
  }

  /** A problem that is a sentence already. */
  sentence(key: string, sentence: string): void {
    this.problems.set(`${key} ${sentence}`, sentence);
  }

  /** Reports keys that nobody asked for, then raises everything that was found. */
  finish(stack: string): void {
    for (const fullKey of Object.keys(pulumi.runtime.allConfig())) {
      const [namespace, key] = splitKey(fullKey);
      if (namespace === this.project && !this.known.has(key)) this.unknown(key);
      if (namespace === "aws" && key !== "region") this.ignored(fullKey);
    }
    const sentences = [...this.problems.values()].filter((sentence) => sentence !== "");
    if (sentences.length === 0) return;
    const count = sentences.length === 1 ? "1 problem" : `${sentences.length} problems`;
    throw new pulumi.RunError(
      [`The configuration of stack ${stack} has ${count}:`, ...sentences].join("\n  "),
    );
  }

  private raw(key: string): string | undefined {
    this.known.add(key);
    const value = this.config.get(key);
    // The catalogue gives every key a default, so this is a key that the catalogue lost.
    if (value === undefined) {
      this.problem(key, "", "a value: Pulumi.yaml gives none", `pulumi config set ${key} <value>`);
    }
    return value;
  }

  /** The program's AWS provider is explicit, so that it is one for all; it reads no other config. */
  private ignored(fullKey: string): void {
    this.problem(
      fullKey,
      pulumi.runtime.allConfig()[fullKey] ?? "",
      "only aws:region: credentials come from the environment, for pulumi and kubectl alike",
      `pulumi config rm ${fullKey} (and export AWS_PROFILE=<profile>)`,
    );
  }

  private unknown(key: string): void {
    const closest = [...this.known].sort((a, b) => distance(a, key) - distance(b, key))[0] ?? "";
    // A third of the letters may be wrong: beyond that a guess is noise.
    const near = distance(closest, key) <= Math.ceil(key.length / 3);
    const guess = near ? ` Did you mean ${closest}?` : "";
    this.problems.set(
      key,
      `${key}: no such key.${guess} Allowed are the keys of Pulumi.yaml. Mend it with: pulumi config rm ${key}`,
    );
  }
}

function splitKey(fullKey: string): [namespace: string, key: string] {
  const colon = fullKey.indexOf(":");
  return [fullKey.slice(0, colon), fullKey.slice(colon + 1)];
}

function parseList(value: string): string[] | undefined {
  const parsed = parseJson(value);
  return Array.isArray(parsed) && parsed.every((item) => typeof item === "string")
    ? parsed
    : undefined;
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";

/** The SDK knows, and has no public way to ask: a value in clear must not be taken for a secret. */
const isSecretKey = (fullKey: string): boolean =>
  (runtimeConfig as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(fullKey);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
