import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

export type Properties = Readonly<Record<string, unknown>>;

/** A resource as the engine registers it and keeps it in the stack's state. Secrets stay wrapped (see `reveal`). */
export interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** The id that the provider gave; empty for a component, and in a preview. */
  readonly id: string;
  readonly custom: boolean;
  readonly parent: string | null;
  /** URN of the explicit provider. */
  readonly provider: string | null;
  /** Direct dependencies, those through properties included. */
  readonly dependencies: readonly string[];
  /** What the program gave. The state keeps none of it for a remote component (eks, awsx). */
  readonly inputs: Properties;
  /** Of a component: what it has registered as its outputs. */
  readonly outputs: Properties;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  /** URN of the resource whose delete takes this one along, so that the engine makes no delete call for it. */
  readonly deletedWith: string | null;
  /** Paths of inputs whose changes the engine ignores. */
  readonly ignoreChanges: readonly string[];
  /** Whether its replacement waits for its delete; null: the provider decides. */
  readonly deleteBeforeReplace: boolean | null;
  /** With another value the engine replaces it; null: it has none. */
  readonly replacementTrigger: unknown;
  /** Names of its hooks, by the moment that they run at, such as `beforeCreate`. */
  readonly hooks: Readonly<Record<string, readonly string[]>>;
}

export const hashOf = (name: string): string => createHash("sha256").update(name).digest("hex");

/** The value with every secret in clear; for the simulated cloud only, never for output. */
export function reveal(value: unknown): unknown {
  return mapSecrets(value, (secret) => reveal(secret));
}

/** The value with the string `[secret]` in the place of every secret; for output. */
export function redact(value: unknown): unknown {
  return mapSecrets(value, () => "[secret]");
}

function mapSecrets(value: unknown, onSecret: (secret: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapSecrets(item, onSecret));
  if (!isProperties(value)) return value;
  if (value[pulumi.runtime.specialSigKey] === pulumi.runtime.specialSecretSig) {
    return onSecret(value.value);
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapSecrets(item, onSecret)]),
  );
}

/** Marks a value as secret in the way that the engine's protocol does. */
export const secret = (value: unknown): Properties => ({
  [pulumi.runtime.specialSigKey]: pulumi.runtime.specialSecretSig,
  value,
});

export function isProperties(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A property path such as `spec.replicas`; undefined where anything on the way is missing. */
export function at(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((found, key) => (isProperties(found) ? found[key] : undefined), value);
}

/** The text at a path. @throws Error where there is none, which the program should have set */
export function textAt(value: unknown, path: string): string {
  const found = at(value, path);
  if (typeof found !== "string") throw new Error(`the simulated cloud expects ${path} to be text`);
  return found;
}
