import * as resproto from "@pulumi/pulumi/proto/resource_pb";
import type { Child, ChildLookup } from "../cloud/behaviour";
import { behaviourOf } from "../cloud/behaviours";
import { propertyDependencies } from "../cloud/property-dependencies";
import type { Properties } from "../resource";
import { toStruct } from "./struct";

/** What the registration of a component's child takes from its component. */
export interface ComponentContext {
  readonly componentUrn: string;
  /** Outputs of the children that are registered already. */
  readonly lookup: ChildLookup;
  /** URNs that an input of the component depends on. */
  readonly inputDependencies: (input: string) => readonly string[];
  /** Reference of the provider that the component was given. @default none */
  readonly awsProvider?: string | undefined;
}

/**
 * Registers a child as the SDK inside of a plugin does: with the dependencies that it states, and
 * those of each property.
 * @param inputs what the child is given, unknown values marked
 */
export function childRequest(
  child: Child,
  inputs: Properties,
  context: ComponentContext,
): resproto.RegisterResourceRequest {
  const { lookup, componentUrn, inputDependencies, awsProvider } = context;
  const urn = (key: string) => lookup(key).urn;
  const stated = [
    ...child.dependsOn.map(urn),
    ...(child.dependsOnInputs ?? []).flatMap((input) => inputDependencies(input)),
  ];
  const ofProperties = [...propertyDependencies(child.inputs, lookup)].map(
    ([property, keys]) => [property, keys.map(urn)] as const,
  );
  const all = new Set([...stated, ...ofProperties.flatMap(([, urns]) => urns)]);
  const request = new resproto.RegisterResourceRequest()
    .setType(child.type)
    .setName(child.name)
    .setCustom(child.custom)
    .setParent(child.parent === undefined ? componentUrn : urn(child.parent))
    .setObject(toStruct(inputs))
    .setDependenciesList([...all].sort())
    .setIgnorechangesList([...(child.ignoreChanges ?? [])])
    .setAcceptsecrets(true)
    .setSupportspartialvalues(true);
  for (const [property, urns] of ofProperties) {
    request
      .getPropertydependenciesMap()
      .set(property, new resproto.RegisterResourceRequest.PropertyDependencies().setUrnsList(urns));
  }
  const isOfAws = child.custom && !behaviourOf(child.type).stateOnly;
  if (isOfAws && awsProvider !== undefined) request.setProvider(awsProvider);
  return request;
}
