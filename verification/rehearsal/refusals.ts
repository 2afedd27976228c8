import {
  needsOf,
  needsUntilGone,
  onDeleteOf,
  takenAlong,
} from "../../simulation/account/relations";
import { type CloudResource, type Need, shortName } from "../../simulation/cloud/behaviour";
import { behaviourOf } from "../../simulation/cloud/behaviours";
import { at } from "../../simulation/resource";

/** What the account knows at a moment. */
export interface AccountView {
  all(): readonly CloudResource[];
  isBeingDeleted(urn: string): boolean;
  /** Kind and name of an interface or node that controllers have put into the network. */
  inNetwork(): string | undefined;
  /** Kind and name of what controllers have made that uses a resource. */
  inUseBy(resource: CloudResource): string | undefined;
}

/** Why the cloud refuses to make a resource; undefined where it does not. */
export const whyNotCreated = (resource: CloudResource, account: AccountView): string | undefined =>
  missing(resource, account, ({ forReadiness }) => forReadiness !== true);

/** What a provider waits for after the call, and does not get. */
export const whyNotReady = (resource: CloudResource, account: AccountView): string | undefined =>
  missing(resource, account, ({ forReadiness }) => forReadiness === true);

function missing(
  resource: CloudResource,
  account: AccountView,
  counts: (need: Need) => boolean,
): string | undefined {
  const needs = needsOf(resource, account.all()).filter(counts);
  // What Kubernetes has, no account of AWS can see.
  const known = needs.filter(({ from, mayExistAlready }) => from.length > 0 || !mayExistAlready);
  const unmet = known.find(({ from }) => !from.some(({ urn }) => !account.isBeingDeleted(urn)));
  return unmet && `${shortName(resource)} needs ${unmet.what}, which is not there`;
}

/** Why the cloud does not delete a resource; undefined where it does. */
export function whyNotDeleted(resource: CloudResource, account: AccountView): string | undefined {
  const { deletionProtection, holdsInterfaces } = behaviourOf(resource.type);
  if (deletionProtection !== undefined && at(resource.inputs, deletionProtection) === true) {
    return `${resource.id} has deletion protection`;
  }
  const all = account.all();
  const stuck = whyStuck(resource, account) ?? whyContentStuck(resource, account);
  if (stuck) return stuck;
  const user = all.find((other) => onDeleteOf(other, resource, all) === "refused");
  if (user) return `DependencyViolation: ${shortName(user)} uses ${resource.id}`;
  const controllerObject = account.inUseBy(resource);
  if (controllerObject) return `ResourceInUseException: ${controllerObject} uses ${resource.id}`;
  const inside = holdsInterfaces && account.inNetwork();
  return inside ? `DependencyViolation: ${inside} is in ${resource.id}` : undefined;
}

/** It waits for something that is gone or being deleted, until the provider gives up. */
function whyStuck(
  resource: CloudResource,
  account: AccountView,
  within?: CloudResource,
): string | undefined {
  const needs = needsUntilGone(resource, account.all()).filter(
    ({ from }) => !within || !from.includes(within),
  );
  const unmet = needs.find(
    ({ from }) => from.length === 0 || from.some(({ urn }) => account.isBeingDeleted(urn)),
  );
  return unmet && `timed out: ${shortName(resource)} needs ${unmet.what} until it is gone`;
}

/** What is deleted with a container may wait for its own finalizers. */
function whyContentStuck(container: CloudResource, account: AccountView): string | undefined {
  for (const [content, how] of takenAlong(container, account.all())) {
    const stuck = how === "deletes" && whyStuck(content, account, container);
    if (stuck) return `${container.id} is not empty: ${stuck}`;
  }
  return undefined;
}
