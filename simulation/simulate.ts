import stringify from "safe-stable-stringify";
import { type ControllerMade, controllerMade } from "./account/controllers";
import { type UpSchedule, scheduleUp } from "./account/up-schedule";
import type { Cloud } from "./cloud/cloud";
import { type DestroySchedule, scheduleDestroy } from "./account/destroy-schedule";
import { type Leftover, leftovers } from "./account/leftovers";
import { bill, type BillLine, total } from "./bill";
import { kedaCost } from "./keda-cost";
import type { Charge } from "./cloud/prices";
import type { Recording } from "./recorder";
import { redact, type Resource } from "./resource";

/** What `npm start --silent -- --json` prints; its schema is simulation.schema.json. */
export interface SimulationDocument {
  readonly simulation: 1;
  readonly stack: string;
  readonly resources: readonly ResourceEntry[];
  readonly controllerMade: readonly ControllerMadeEntry[];
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly up: { readonly seconds: number; readonly criticalPath: readonly string[] };
  readonly destroy: {
    readonly seconds: number;
    readonly waves: readonly (readonly string[])[];
    readonly protected: readonly string[];
    readonly leftovers: readonly Leftover[];
  };
  readonly bill: readonly BillLine[];
  readonly monthlyUsd: number;
}

/** Seconds count from the start of `up`. */
export interface ResourceEntry extends Omit<Resource, "outputs" | "deleteBeforeReplace" | "hooks"> {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly monthlyUsd: number;
}

type ControllerMadeEntry = Omit<ControllerMade, "charges" | "whyKept"> & {
  readonly monthlyUsd: number;
};

/** What `up`, the bill and `destroy` of a stack come to in the simulated cloud. */
export interface Simulation {
  readonly stack: string;
  readonly recording: Recording;
  readonly up: UpSchedule;
  readonly made: readonly ControllerMade[];
  readonly destroy: DestroySchedule;
  readonly leftovers: readonly Leftover[];
  /** Every line of the monthly bill. */
  readonly charges: readonly Charge[];
  /** What KEDA is of it, as one line; undefined where the stack has none. */
  readonly kedaCost: string | undefined;
}

export function simulate(stack: string, recording: Recording, cloud: Cloud): Simulation {
  const { resources } = recording;
  const up = scheduleUp(resources, cloud);
  const made = controllerMade(resources, up.spans, cloud);
  const destroy = scheduleDestroy(resources, up, cloud);
  return {
    stack,
    recording,
    up,
    made,
    destroy,
    leftovers: leftovers(resources, made, destroy.spans, cloud),
    charges: [
      ...resources.flatMap((resource) => cloud.charges(resource)),
      ...made.flatMap(({ charges }) => charges),
    ],
    kedaCost: kedaCost(resources, up, made, cloud),
  };
}

/** The document, the same for the same input: sorted by start and URN, secrets as `[secret]`. */
export function simulationDocument(simulation: Simulation, cloud: Cloud): SimulationDocument {
  const { recording, up, made, destroy } = simulation;
  const resources = recording.resources
    .map((resource) => resourceEntry(resource, up, cloud))
    .sort((a, b) => a.startSeconds - b.startSeconds || (a.urn < b.urn ? -1 : 1));
  return {
    simulation: 1,
    stack: simulation.stack,
    resources,
    controllerMade: made.map(controllerMadeEntry),
    outputs: sortKeys(redact(recording.outputs)) as Record<string, unknown>,
    up: { seconds: up.seconds, criticalPath: up.criticalPath },
    destroy: {
      seconds: destroy.seconds,
      waves: destroy.waves,
      protected: resources.filter(({ protect }) => protect).map(({ urn }) => urn),
      leftovers: simulation.leftovers,
    },
    bill: bill(simulation.charges),
    monthlyUsd: total(simulation.charges),
  };
}

function controllerMadeEntry(made: ControllerMade): ControllerMadeEntry {
  const { kind, name, because, startSeconds, endSeconds, charges } = made;
  return { kind, name, because, startSeconds, endSeconds, monthlyUsd: total(charges) };
}

function resourceEntry(resource: Resource, up: UpSchedule, cloud: Cloud): ResourceEntry {
  const { urn, type, name, custom, parent, provider, dependencies } = resource;
  const { id, protect, retainOnDelete, deletedWith, ignoreChanges, replacementTrigger } = resource;
  const { start, end } = up.spans.get(resource.urn) ?? { start: 0, end: 0 };
  return {
    urn,
    type,
    name,
    id,
    custom,
    parent,
    provider,
    dependencies,
    inputs: sortKeys(redact(resource.inputs)) as Record<string, unknown>,
    protect,
    retainOnDelete,
    deletedWith,
    ignoreChanges,
    replacementTrigger: sortKeys(redact(replacementTrigger)),
    startSeconds: start,
    endSeconds: end,
    monthlyUsd: total(cloud.charges(resource)),
  };
}

const sortKeys = (value: unknown): unknown => JSON.parse(stringify(value) ?? "null");
