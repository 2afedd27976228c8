import stringify from "safe-stable-stringify";
import { isRemoteComponent } from "../../simulation/cloud/behaviours";
import type { Cloud } from "../../simulation/cloud/cloud";
import { controllerMade } from "../../simulation/account/controllers";
import { cents, type Charge } from "../../simulation/cloud/prices";
import type { Recording } from "../../simulation/recorder";
import {
  isProperties,
  type Properties,
  redact,
  type Resource,
  reveal,
} from "../../simulation/resource";
import type { SimulatedAccount } from "./account";
import { type AccountResource, existsInCloud, label } from "./account-resource";
import type { State, StateResource } from "./state";

/** Where the recorder and the engine differ, one line each; empty when they agree. */
export function disagreements(recording: Recording, opened: State, cloud: Cloud): string[] {
  const engine = new Map(programResources(opened).map((resource) => [resource.urn, resource]));
  const recorded = new Map(recording.resources.map((resource) => [resource.urn, resource]));
  const missing = [...recorded.keys()].filter((urn) => !engine.has(urn));
  const added = [...engine.keys()].filter((urn) => !recorded.has(urn));
  const different = recording.resources.flatMap((resource) => {
    const other = engine.get(resource.urn);
    if (!other) return [];
    return differences(factsOf(resource), factsOf(other)).map((key) => `${key} of ${resource.urn}`);
  });
  const costs = [recording.resources, [...engine.values()]].map((resources) =>
    stringify(bill(resources, cloud)),
  );
  return [
    ...missing.map((urn) => `only in the simulation: ${urn}`),
    ...added.map((urn) => `only in the engine: ${urn}`),
    ...different,
    ...(costs[0] === costs[1] ? [] : ["the monthly bill"]),
  ];
}

/** Lines of the monthly bill, of resources and of what controllers make for them. */
function bill(resources: readonly Resource[], cloud: Cloud): Charge[] {
  const made = controllerMade(resources, new Map(), cloud).flatMap(({ charges }) => charges);
  const own = resources.flatMap((resource) => cloud.charges(resource));
  return [...own, ...made].sort((a, b) => (stringify(a) < stringify(b) ? -1 : 1));
}

export const monthlyUsd = (resources: readonly Resource[], cloud: Cloud): number =>
  cents(bill(resources, cloud).reduce((sum, line) => sum + line.monthlyUsd, 0));

/** Without default providers, which are the engine's own and in no program. */
export function programResources({ resources }: State): readonly StateResource[] {
  const isDefault = (urn: string | null) =>
    urn !== null && /::pulumi:providers:[^:]+::default(_|$)/.test(urn);
  return resources
    .filter(({ urn }) => !isDefault(urn))
    .map((resource) => ({
      ...resource,
      provider: isDefault(resource.provider) ? null : resource.provider,
    }));
}

/** What recorder and engine both know of a resource. The state keeps no inputs of a remote component. */
function factsOf(resource: Resource): Properties {
  const isProvider = resource.type.startsWith("pulumi:providers:");
  return {
    type: resource.type,
    custom: resource.custom,
    parent: resource.parent,
    provider: resource.provider,
    dependencies: resource.dependencies,
    protect: resource.protect,
    retainOnDelete: resource.retainOnDelete,
    deletedWith: resource.deletedWith,
    ignoreChanges: resource.ignoreChanges,
    hooks: resource.hooks,
    inputs: isRemoteComponent(resource.type)
      ? {}
      : isProvider
        ? providerInputs(resource)
        : reveal(resource.inputs),
    outputs: isProvider ? {} : withoutProviderIds(reveal(resource.outputs)),
  };
}

/** The engine makes up a provider's id, so one that an output refers to is another each time. */
function withoutProviderIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutProviderIds);
  if (!isProperties(value)) return value;
  const isProvider = typeof value.urn === "string" && value.urn.includes("pulumi:providers:");
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !(isProvider && key === "id"))
      .map(([key, item]) => [key, withoutProviderIds(item)]),
  );
}

/** The engine adds what it needs to find the plugin again. */
function providerInputs(resource: Resource): Properties {
  const inputs = Object.entries(reveal(resource.inputs) as Properties);
  return Object.fromEntries(inputs.filter(([key]) => key !== "version" && key !== "__internal"));
}

const differences = (one: Properties, other: Properties): string[] =>
  Object.keys(one).filter((key) => stringify(one[key]) !== stringify(other[key]));

/**
 * State and account in one text, equal for two runs that came to the same. Ids of providers are
 * random, and a secret's encryption is never the same twice.
 */
export function resultOf(state: State, account: SimulatedAccount): string {
  const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
  const resources = state.resources
    .map((resource) => redact(resource) as StateResource)
    .sort((a, b) => (a.urn < b.urn ? -1 : 1));
  const existing = account
    .all()
    .map(({ type, id, inputs, outputs }) => ({
      type,
      id,
      inputs: reveal(inputs),
      outputs: reveal(outputs),
    }))
    .sort((a, b) => (a.type + a.id < b.type + b.id ? -1 : 1));
  const text = stringify({ resources, pending: state.pending, existing }) ?? "";
  return text.replaceAll(uuid, "");
}

/** The first difference of two results with some of its context; undefined where they are equal. */
export function difference(result: string, wanted: string): string | undefined {
  if (result === wanted) return undefined;
  let at = 0;
  while (result[at] === wanted[at]) at++;
  return `differs: ${result.slice(Math.max(0, at - 80), at + 120)}`;
}

/** Resources that exist and are in no state. */
export function orphans(state: State, account: SimulatedAccount): AccountResource[] {
  const known = new Set(state.resources.map(({ type, id }) => `${type} ${id}`));
  return account.all().filter(({ type, id }) => existsInCloud(type) && !known.has(`${type} ${id}`));
}

/** Of these, the resources that a person could not find: they have no name and no tag. */
export const unnamed = (
  resources: readonly AccountResource[],
  account: SimulatedAccount,
): AccountResource[] =>
  resources.filter((resource) => label(resource, account.defaultTags) === undefined);
