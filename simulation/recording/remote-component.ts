import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import type { ChildLookup } from "../cloud/behaviour";
import { behaviourOf } from "../cloud/behaviours";
import type { Cloud } from "../cloud/cloud";
import { propertyDependencies } from "../cloud/property-dependencies";
import type { Properties, Resource } from "../resource";
import { childRequest, type ComponentContext } from "./child-request";

/** A registration and what the cloud answered: in a preview, what it would answer. */
export interface Registered {
  readonly resource: Resource;
  readonly id: string;
  readonly outputs: Properties;
}

/** What a plugin answers when it has constructed a component. */
interface Constructed {
  /** What the program gets. */
  readonly outputs: Properties;
  /** URNs that each of these outputs depends on. */
  readonly outputDependencies: ReadonlyMap<string, readonly string[]>;
  /** What the components in it have registered as their outputs, by URN. */
  readonly registeredOutputs: ReadonlyMap<string, Properties>;
}

/** Registers what the component's plugin would, one child after the other. */
export async function constructComponent(
  cloud: Cloud,
  component: Resource,
  context: Pick<ComponentContext, "awsProvider" | "inputDependencies"> & {
    readonly register: (request: RegisterResourceRequest) => Promise<Registered>;
  },
): Promise<Constructed> {
  const made = new Map<string, ReturnType<ChildLookup>>();
  const lookup: ChildLookup = (key) => {
    const found = made.get(key);
    if (!found) throw new Error(`${component.urn} has no child ${key} at this point`);
    return found;
  };
  const children = cloud.children(component) ?? [];
  for (const child of children) {
    const request = childRequest(child, child.inputs(lookup), {
      ...context,
      componentUrn: component.urn,
      lookup,
    });
    const { resource, id, outputs } = await context.register(request);
    made.set(child.key, { ...outputs, id, urn: resource.urn });
  }
  const compute = (of: ChildLookup) => cloud.componentOutputs(component, of);
  const outputs = compute(lookup);
  const registeredOutputs = new Map(
    children.flatMap(({ key, registeredOutputs: register }) =>
      register ? [[lookup(key).urn, register(lookup)]] : [],
    ),
  );
  if (behaviourOf(component.type).registersOutputs) registeredOutputs.set(component.urn, outputs);
  return {
    outputs,
    outputDependencies: outputDependencies(cloud, component, compute, lookup),
    registeredOutputs,
  };
}

/** URNs that each output of a remote component depends on. */
export function outputDependencies(
  cloud: Cloud,
  component: Parameters<Cloud["outputDependencies"]>[0],
  compute: (child: ChildLookup) => Properties,
  lookup: ChildLookup,
): ReadonlyMap<string, readonly string[]> {
  const found = propertyDependencies(compute, lookup);
  const common = cloud.outputDependencies(component);
  return new Map(
    Object.keys(compute(lookup)).map((property) => {
      const keys = new Set([...common, ...(found.get(property) ?? [])]);
      return [property, [...keys].map((key) => lookup(key).urn).sort()];
    }),
  );
}
