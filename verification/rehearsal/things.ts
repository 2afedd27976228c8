import type { Call } from "../../simulation/cloud/cloud";
import { at, isProperties, type Properties } from "../../simulation/resource";

/** A resource that exists in the account, whether or not a state knows of it. */
export interface Thing extends Call {
  readonly urn: string;
  readonly id: string;
  /** Wire format, secrets wrapped. */
  readonly outputs: Properties;
  /** The name that the model made it from: a second one of the same name gets other ids. */
  readonly modelName: string;
  /** Helm's lock: the operation was cut off, and Helm refuses the next one. */
  readonly interrupted: boolean;
}

/** Whether deleting one thing takes the other along. */
export function goesWith(thing: Thing, deleted: Thing): boolean {
  switch (deleted.type) {
    case "kubernetes:core/v1:Namespace":
      return namespaceOf(thing) === at(deleted.outputs, "metadata.name");
    case "aws:eks/cluster:Cluster":
      return thing.type.startsWith("kubernetes:") || at(thing.inputs, "clusterName") === deleted.id;
    case "aws:ecr/repository:Repository":
      return JSON.stringify(thing.inputs.tags ?? "").includes(
        String(deleted.outputs.repositoryUrl),
      );
    case "aws:ec2/routeTable:RouteTable":
      return (
        thing.type === "aws:ec2/route:Route" && at(thing.inputs, "routeTableId") === deleted.id
      );
    default:
      return false;
  }
}

export const namespaceOf = (call: Call): unknown =>
  call.type.startsWith("kubernetes:")
    ? (at(call.inputs, "metadata.namespace") ?? at(call.inputs, "namespace"))
    : undefined;

/** Providers, random values and waits exist in the state only. */
export const isReal = (type: string): boolean => !/^(pulumi|random|time):/.test(type);

export const isRelease = ({ type }: Call): boolean => type === "kubernetes:helm.sh/v3:Release";

/** How the account keeps it. */
export const keyOf = (type: string, id: string): string => `${type} ${id}`;

/** What a person goes by who looks for a thing by hand; undefined where nothing names it. */
export function label(thing: Thing, defaultTags: Properties): string | undefined {
  if (thing.type.startsWith("kubernetes:")) return `object ${thing.id}`;
  const tags = isProperties(thing.inputs.tags) ? thing.inputs.tags : {};
  const all = Object.entries({ ...defaultTags, ...tags });
  return all.length === 0
    ? undefined
    : all.map(([name, value]) => `${name}=${String(value)}`).join(" ");
}
