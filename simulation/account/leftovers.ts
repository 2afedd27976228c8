import { type CloudResource, type DestroyRecord, shortName, type Span } from "../cloud/behaviour";
import { behaviourOf } from "../cloud/behaviours";
import type { Cloud } from "../cloud/cloud";
import { total } from "../bill";
import type { Resource } from "../resource";
import type { ControllerMade } from "./controllers";
import { needsUntilGone, onDeleteOf, takenAlong } from "./relations";

/** Something that a destroy leaves in the account. */
export interface Leftover {
  readonly kind: string;
  readonly name: string;
  /** URN of the resource itself, or of the one that a controller made it for. */
  readonly because: string;
  /** One sentence: why nothing took it away. */
  readonly reason: string;
  readonly monthlyUsd: number;
}

/** When each resource's delete call began and ended. No span: there was none. */
type Deletions = ReadonlyMap<string, Span>;

/** What a destroy leaves behind, given when each delete began and ended, in whatever order. */
export function leftovers(
  resources: readonly Resource[],
  made: readonly ControllerMade[],
  deletions: Deletions,
  cloud: Cloud,
): Leftover[] {
  const destroy = new Destroy(resources, deletions);
  const kept = keptObjects(made, destroy);
  const own = resources.flatMap((resource) => {
    const reason = resource.custom ? destroy.whyKept(resource, kept) : undefined;
    const { type: kind, name, urn } = resource;
    if (reason === undefined) return [];
    return [{ kind, name, because: urn, reason, monthlyUsd: total(cloud.charges(resource)) }];
  });
  return [...kept, ...own];
}

function keptObjects(made: readonly ControllerMade[], destroy: DestroyRecord): Leftover[] {
  return made.flatMap(({ kind, name, because, charges, whyKept }) => {
    const reason = whyKept(destroy);
    return reason === undefined
      ? []
      : [{ kind, name, because, reason, monthlyUsd: total(charges) }];
  });
}

const isFor =
  ({ urn }: Resource) =>
  ({ because }: Leftover): boolean =>
    because === urn;

/** The result of a destroy: what a call deleted, what was gone with that, and what is still there. */
class Destroy implements DestroyRecord {
  private readonly byUrn: ReadonlyMap<string, Resource>;
  /** Resources that were gone with a deleted one, by what they went with. */
  private readonly goneWith = new Map<CloudResource, CloudResource>();
  private readonly calls = new Map<CloudResource, Span>();

  /** Components exist in the state only. */
  readonly resources: readonly Resource[];

  constructor(all: readonly Resource[], deletions: Deletions) {
    this.byUrn = new Map(all.map((resource) => [resource.urn, resource]));
    const resources = all.filter(({ custom }) => custom);
    this.resources = resources;
    for (const resource of resources) {
      const span = deletions.get(resource.urn);
      if (span && !resource.retainOnDelete && !this.leftOut(resource, deletions)) {
        this.calls.set(resource, span);
      }
    }
    if (this.calls.size === resources.length) return;
    for (const [deleted, span] of [...this.calls]) {
      for (const [other, how] of takenAlong(deleted, resources)) {
        if (this.calls.has(other)) continue;
        if (how === "deletes") this.calls.set(other, span);
        this.goneWith.set(other, deleted);
      }
    }
  }

  deletion(resource: CloudResource): Span | undefined {
    return this.calls.get(resource);
  }

  whyNoCall(resource: CloudResource): string {
    const { retainOnDelete, deletedWith } = this.byUrn.get(resource.urn) ?? {};
    if (retainOnDelete) return "it has retainOnDelete";
    const container = deletedWith ? this.byUrn.get(deletedWith) : undefined;
    return container
      ? `it has deletedWith ${shortName(container)}, so that no call deleted it`
      : "nothing deleted it";
  }

  firstBegunBefore(moment: number, resources: readonly CloudResource[]): CloudResource | undefined {
    const begins = (resource: CloudResource) => this.deletion(resource)?.start ?? Infinity;
    const [first] = [...resources].sort((a, b) => begins(a) - begins(b));
    return first && begins(first) < moment ? first : undefined;
  }

  missedWhileDeleting(resource: CloudResource): CloudResource | undefined {
    const deletion = this.deletion(resource);
    if (!deletion) return undefined;
    const needed = needsUntilGone(resource, this.resources).flatMap(({ from }) => from);
    return this.firstBegunBefore(deletion.end, needed);
  }

  /** Why a resource itself is still there; undefined where it is not. */
  whyKept(resource: Resource, kept: readonly Leftover[]): string | undefined {
    const behaviour = behaviourOf(resource.type);
    if (behaviour.stateOnly) return undefined;
    const deletion = this.deletion(resource);
    if (!deletion) {
      const isListed = behaviour.listedByController && kept.some(isFor(resource));
      return this.goneWith.has(resource) || isListed ? undefined : this.whyNoCall(resource);
    }
    const missed = this.missedWhileDeleting(resource);
    if (missed) return `${shortName(missed)} was being deleted before it was gone`;
    const user = this.resources.find(
      (other) => this.wasThere(other, deletion) && this.refuses(other, resource),
    );
    if (user) return `${shortName(user)} was still there, and it cannot be deleted before that`;
    if (!behaviour.holdsInterfaces) return undefined;
    const inside = kept.find(({ kind }) => kind === "NetworkInterface" || kind === "Node");
    return inside && `${inside.kind} ${inside.name} is still in it`;
  }

  private refuses(from: Resource, to: Resource): boolean {
    return onDeleteOf(from, to, this.resources) === "refused";
  }

  private wasThere(resource: Resource, during: Span): boolean {
    if (this.goneWith.has(resource)) return false;
    const deletion = this.deletion(resource);
    return !deletion || deletion.end > during.start;
  }

  /** With `deletedWith` the engine makes no call, if the other resource is deleted in the same destroy. */
  private leftOut({ deletedWith }: Resource, deletions: Deletions): boolean {
    return deletedWith !== null && deletions.has(deletedWith);
  }
}
