import {
  type CloudResource,
  type Need,
  type OnDelete,
  type Reference,
  shortName,
} from "../cloud/behaviour";
import { behaviourOf } from "../cloud/behaviours";

/** What becomes of the delete of `to` while `from` is there; undefined where they are unrelated. */
export function onDeleteOf(
  from: CloudResource,
  to: CloudResource,
  all: readonly CloudResource[],
): OnDelete | undefined {
  const found = referencesBetween(from, to, all).map(({ onDelete }) =>
    typeof onDelete === "function" ? onDelete(to) : onDelete,
  );
  return found.find((each) => each !== undefined);
}

/** Everything that is gone when a resource is deleted, directly and through others, and how. */
export function takenAlong(
  deleted: CloudResource,
  all: readonly CloudResource[],
): ReadonlyMap<CloudResource, "deletes" | "takes along"> {
  const taken = new Map<CloudResource, "deletes" | "takes along">();
  const take = (from: CloudResource) => {
    for (const other of all) {
      if (other === deleted || taken.has(other)) continue;
      const effect = onDeleteOf(other, from, all);
      if (effect !== "deletes" && effect !== "takes along") continue;
      // Where the container is only gone, no call deletes what is in it either.
      taken.set(other, taken.get(from) === "takes along" ? "takes along" : effect);
      take(other);
    }
  };
  take(deleted);
  return taken;
}

/** Everything that must be there before a resource can be made: what it refers to among it. */
export function needsOf(resource: CloudResource, all: readonly CloudResource[]): readonly Need[] {
  const { references = [], needs } = behaviourOf(resource.type);
  const named = references.flatMap((reference): Need[] => {
    const from = all.filter(
      (other) =>
        other !== resource &&
        other.type === reference.to &&
        reference.matches(resource, other, all),
    );
    const { because } = reference;
    return from.map((target) => ({ what: shortName(target), because, from: [target] }));
  });
  return [...named, ...(needs?.(resource, all) ?? [])];
}

/** What must stay until the delete of a resource is through. */
export function needsUntilGone(
  resource: CloudResource,
  all: readonly CloudResource[],
): readonly Need[] {
  return behaviourOf(resource.type).needsUntilGone?.(resource, all) ?? [];
}

function referencesBetween(
  from: CloudResource,
  to: CloudResource,
  all: readonly CloudResource[],
): readonly Reference[] {
  const { references = [] } = behaviourOf(from.type);
  return references.filter(
    (reference) => reference.to === to.type && reference.matches(from, to, all),
  );
}
