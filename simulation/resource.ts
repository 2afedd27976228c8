import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { DurationName } from "./cloud/durations";
import type { Charge } from "./cloud/prices";

export type Properties = Readonly<Record<string, unknown>>;

/** A resource as the engine keeps it in the stack's state. Secrets stay wrapped (see `reveal`). */
export interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly parent: string | null;
  /** URN of the explicit provider. */
  readonly provider: string | null;
  /** Direct dependencies, those through properties included. */
  readonly dependencies: readonly string[];
  readonly inputs: Properties;
  readonly outputs: Properties;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
}

/** What the account looks like to the model. */
export interface Account {
  readonly region: string;
  readonly accountId: string;
}

/** How the cloud treats one resource type. */
export interface Behaviour {
  readonly duration: DurationName | ((made: Making) => Seconds);
  /** Physical id. @default the name and some of the hash */
  readonly id?: (made: Making) => string;
  /** What the cloud adds to the inputs. */
  readonly outputs?: (made: Making) => Properties;
  readonly charges?: (made: Making) => readonly Charge[];
  /** Only for remote components: what the provider registers beneath them, in order. */
  readonly children?: (made: Making) => readonly Child[];
  /** Outputs of a remote component, from its children's. */
  readonly componentOutputs?: (made: Making, child: ChildLookup) => Properties;
}

/** Seconds from the call to the answer. */
export interface Seconds {
  readonly create: number;
  readonly delete: number;
}

/** What a behaviour may look at. Inputs are plain: secrets are revealed, unknowns absent. */
export interface Making {
  readonly type: string;
  readonly name: string;
  readonly inputs: Properties;
  readonly account: Account;
  /** 64 stable hexadecimal characters of the name, for made-up ids. */
  readonly hash: string;
}

/** A resource that a remote component registers. */
export interface Child {
  readonly key: string;
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  /** Key of the parent child. @default the component itself */
  readonly parent?: string;
  readonly dependsOn: readonly string[];
  readonly inputs: (child: ChildLookup) => Properties;
}

/** Outputs of a sibling, its id among them. */
export type ChildLookup = (key: string) => Properties & { readonly id: string };

export const hashOf = (name: string): string => createHash("sha256").update(name).digest("hex");

/** The value with every secret opened; for the model only, never for output. */
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

/** Wraps a value as the engine's wire format does, so that it stays secret on its way back. */
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

/** The text at a path; throws where the program should have set it. */
export function textAt(value: unknown, path: string): string {
  const found = at(value, path);
  if (typeof found !== "string") throw new Error(`the simulated cloud expects ${path} to be text`);
  return found;
}
