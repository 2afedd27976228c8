import { identityOf } from "../../simulation/cloud/cloud";
import type { CloudResource } from "../../simulation/cloud/behaviour";
import { behaviourOf } from "../../simulation/cloud/behaviours";
import { isProperties, type Properties } from "../../simulation/resource";

/** A resource that exists in the account, whether or not a state knows of it. */
export interface AccountResource extends CloudResource {
  /** The name that its id was made from: a second one of the same name gets another id. */
  readonly nameOfId: string;
}

/** Providers, random values and waits exist in the state only. */
export const existsInCloud = (type: string): boolean => behaviourOf(type).stateOnly !== true;

/** How the account keeps it. */
export const keyOf = (type: string, id: string): string => `${type} ${id}`;

/** What a person goes by who looks for it by hand: name or tags. Undefined where nothing names it. */
export function label(resource: AccountResource, defaultTags: Properties): string | undefined {
  const identity = identityOf(resource);
  if (identity !== undefined) return identity;
  const tags = isProperties(resource.inputs.tags) ? resource.inputs.tags : {};
  const all = Object.entries({ ...defaultTags, ...tags });
  return all.length === 0
    ? undefined
    : all.map(([name, value]) => `${name}=${String(value)}`).join(" ");
}
