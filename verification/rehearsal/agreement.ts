import stringify from "safe-stable-stringify";
import { isRemoteComponent } from "../../simulation/cloud/behaviours";
import type { Cloud } from "../../simulation/cloud/cloud";
import { controllerMade } from "../../simulation/account/controllers";
import { cents, type Charge } from "../../simulation/cloud/prices";
import type { Recording } from "../../simulation/recorder";
import { isProperties, type Properties, type Resource, reveal } from "../../simulation/resource";
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
function programResources({ resources }: State): readonly StateResource[] {
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
    replacementTrigger: resource.replacementTrigger,
    hooks: resource.hooks,
    inputs: isRemoteComponent(resource.type)
      ? {}
      : isProvider
        ? providerInputs(resource)
        : comparable(checkedInputs(resource)),
    outputs: hasOtherOutputs(resource.type) ? {} : comparable(reveal(resource.outputs)),
  };
}

/**
 * As the real Kubernetes provider keeps them: a Secret's strings in base64; of a Release every option,
 * false or empty where the program gives none, and a mark of its own.
 */
function checkedInputs({ type, inputs }: Resource): Properties {
  const plain = reveal(inputs) as Properties;
  if (type === RELEASE) {
    // Of a folder it is the version that is in there.
    const added = String(plain.chart).startsWith("oci://") ? ["compat"] : ["compat", "version"];
    const isGiven = ([key, value]: [string, unknown]) =>
      !added.includes(key) && value !== false && value !== 0 && value !== "";
    return Object.fromEntries(Object.entries(plain).filter(isGiven));
  }
  const { stringData, data, ...rest } = plain;
  if (type !== SECRET || !isProperties(stringData)) return plain;
  const encoded = Object.entries(stringData).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString("base64"),
  ]);
  return { ...rest, data: { ...(isProperties(data) && data), ...Object.fromEntries(encoded) } };
}

const RELEASE = "kubernetes:helm.sh/v3:Release";
const SECRET = "kubernetes:core/v1:Secret";
/**
 * Without what is another one each time: a provider's id, and a load balancer's made-up address; and
 * without empty lists, which the real Kubernetes provider drops.
 */
function comparable(value: unknown): unknown {
  const text = stringify(withoutEmptyLists(withoutProviderIds(value))) ?? "null";
  return JSON.parse(text.replaceAll(/k8s-[a-z0-9-]+(?=\.[a-z0-9-]+\.elb\.)/g, "k8s")) as unknown;
}

function withoutEmptyLists(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptyLists);
  if (!isProperties(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => !(Array.isArray(item) && item.length === 0))
      .map(([key, item]) => [key, withoutEmptyLists(item)]),
  );
}

/** A provider has none; those of a real object on Kubernetes are the API server's. */
const hasOtherOutputs = (type: string): boolean =>
  type.startsWith("pulumi:providers:") || type.startsWith("kubernetes:");

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
  Object.keys(one).flatMap((key) => {
    const path = differentPath(one[key], other[key]);
    return path === undefined ? [] : [`${key}${path}`];
  });

/** Where two values first differ, such as `.metadata.name`; undefined where they do not. */
function differentPath(one: unknown, other: unknown): string | undefined {
  if (stringify(one) === stringify(other)) return undefined;
  if (Array.isArray(one) && Array.isArray(other)) {
    return differentPath(Object.fromEntries(one.entries()), Object.fromEntries(other.entries()));
  }
  if (!isProperties(one) || !isProperties(other)) return "";
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  const key = keys.find((each) => stringify(one[each]) !== stringify(other[each])) ?? "";
  return `.${key}${differentPath(one[key], other[key]) ?? ""}`;
}
