import { readFileSync } from "node:fs";
import { isProperties, type Properties, type Resource } from "../../simulation/resource";
import * as pulumi from "@pulumi/pulumi";

/** The parts of a stack's state that a rehearsal reads. */
export interface State {
  readonly resources: readonly StateResource[];
  /** Operations that a CLI had begun when it was killed. */
  readonly pending: readonly { readonly type: string; readonly resource: StateResource }[];
}

/** Inputs and outputs are the state's: secrets are encrypted unless it was exported with them. */
export type StateResource = Resource;

/** A checkpoint of the file backend, or what `pulumi stack export` prints. */
export function readState(text: string): State {
  const document = JSON.parse(text) as Document;
  const deployment = document.checkpoint?.latest ?? document.deployment;
  return {
    resources: (deployment?.resources ?? []).map(resource),
    pending: (deployment?.pending_operations ?? []).map((operation) => ({
      type: operation.type,
      resource: resource(operation.resource),
    })),
  };
}

/** A checkpoint with its resources changed: a state as another program would have left it. */
export function withEntries(checkpoint: string, change: (entries: Entry[]) => Entry[]): string {
  const document = JSON.parse(checkpoint) as {
    checkpoint: { latest: { resources: Entry[] } };
  };
  const { latest } = document.checkpoint;
  latest.resources = change(latest.resources);
  return JSON.stringify(document);
}

export const readStateFile = (file: string): State => readState(readFileSync(file, "utf8"));

interface Document {
  readonly checkpoint?: { readonly latest?: Deployment };
  readonly deployment?: Deployment;
}

interface Deployment {
  readonly resources?: readonly Entry[];
  readonly pending_operations?: readonly { readonly type: string; readonly resource: Entry }[];
}

/** A resource as apitype.ResourceV3 writes it; what is false or empty is left out. */
export interface Entry {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly custom?: boolean;
  readonly parent?: string;
  readonly provider?: string;
  dependencies?: readonly string[];
  propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
  readonly inputs?: Properties;
  readonly outputs?: Properties;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly deletedWith?: string;
  readonly ignoreChanges?: readonly string[];
  readonly replacementTrigger?: unknown;
  /** Seconds. */
  customTimeouts?: { readonly delete?: number };
  readonly resourceHooks?: Readonly<Record<string, readonly string[]>>;
}

function resource(entry: Entry): StateResource {
  const provider = entry.provider ?? "";
  return {
    urn: entry.urn,
    type: entry.type,
    name: entry.urn.split("::").slice(3).join("::"),
    id: entry.id ?? "",
    custom: entry.custom ?? false,
    parent: entry.parent ?? null,
    provider: provider === "" ? null : provider.slice(0, provider.lastIndexOf("::")),
    dependencies: [...new Set(entry.dependencies ?? [])].sort(),
    inputs: opened(entry.inputs ?? {}) as Properties,
    outputs: opened(entry.outputs ?? {}) as Properties,
    protect: entry.protect ?? false,
    retainOnDelete: entry.retainOnDelete ?? false,
    deletedWith: entry.deletedWith ?? null,
    ignoreChanges: entry.ignoreChanges ?? [],
    // The engine asks the program for it anew each time and keeps nothing.
    deleteBeforeReplace: null,
    replacementTrigger: entry.replacementTrigger ?? null,
    hooks: Object.fromEntries(
      Object.entries(entry.resourceHooks ?? {}).map(([moment, names]) => [
        moment.charAt(0).toLowerCase() + moment.slice(1),
        names,
      ]),
    ),
  };
}

/** An exported secret holds its value as JSON text; the simulation's has the value. */
function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened);
  if (!isProperties(value)) return value;
  if (value[pulumi.runtime.specialSigKey] === pulumi.runtime.specialSecretSig) {
    const { plaintext, ...rest } = value;
    return typeof plaintext === "string"
      ? { ...rest, value: JSON.parse(plaintext) as unknown }
      : value;
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, opened(item)]));
}
