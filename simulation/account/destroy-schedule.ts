import type { Span } from "../cloud/behaviour";
import type { UpSchedule } from "./up-schedule";
import type { Cloud } from "../cloud/cloud";
import type { Resource } from "../resource";

/** A destroy as the engine does it. */
export interface DestroySchedule {
  readonly seconds: number;
  /** URNs that are deleted together; a wave begins when the one before is done. */
  readonly waves: readonly (readonly string[])[];
  /** From the delete call to its answer. */
  readonly spans: ReadonlyMap<string, Span>;
}

/**
 * The waves of a destroy in the engine's order (ScheduleDeletes in pkg/resource/deploy): resources
 * that depend on nothing make the first layer, what depends on these alone the second, and so on. The
 * last layer is deleted first.
 */
export function scheduleDestroy(
  resources: readonly Resource[],
  up: Pick<UpSchedule, "spans">,
  cloud: Cloud,
): DestroySchedule {
  const ordered = inRegistrationOrder(resources, up);
  const spans = new Map<string, Span>();
  let clock = 0;
  const waves = layers(ordered).reverse();
  const urns = new Set(resources.map(({ urn }) => urn));
  for (const wave of waves) {
    const start = clock;
    for (const resource of wave) {
      const seconds = hasDeleteCall(resource, urns) ? cloud.seconds(resource).delete : 0;
      spans.set(resource.urn, { start, end: start + seconds });
      clock = Math.max(clock, start + seconds);
    }
  }
  return { seconds: clock, waves: waves.map((wave) => wave.map(({ urn }) => urn).sort()), spans };
}

/** Otherwise a resource only leaves the state: it is retained, or goes with another one of the stack. */
const hasDeleteCall = (
  { retainOnDelete, deletedWith }: Resource,
  urns: ReadonlySet<string>,
): boolean => !retainOnDelete && (deletedWith === null || !urns.has(deletedWith));

/** In the order of the state: each resource after those that it depends on. */
function inRegistrationOrder(
  resources: readonly Resource[],
  { spans }: Pick<UpSchedule, "spans">,
): Resource[] {
  const start = ({ urn }: Resource) => spans.get(urn)?.start ?? 0;
  return resources
    .map((resource, index) => ({ resource, index }))
    .sort((a, b) => start(a.resource) - start(b.resource) || a.index - b.index)
    .map(({ resource }) => resource);
}

function layers(resources: readonly Resource[]): Resource[][] {
  const dependencies = dependenciesOf(resources);
  const condemned = new Set(resources);
  const found: Resource[][] = [];
  while (condemned.size > 0) {
    const layer = [...condemned].filter((resource) =>
      [...(dependencies.get(resource) ?? [])].every((dependency) => !condemned.has(dependency)),
    );
    if (layer.length === 0) throw new Error("the resources depend on each other in a circle");
    layer.forEach((resource) => condemned.delete(resource));
    found.push(layer);
  }
  return found;
}

/** Dependencies, provider, parent and what it is deleted with; of a component also what is beneath it and was registered earlier. */
function dependenciesOf(resources: readonly Resource[]): Map<Resource, Set<Resource>> {
  const byUrn = new Map(resources.map((resource, index) => [resource.urn, { resource, index }]));
  const beneath = descendants(resources);
  return new Map(
    resources.map((resource, index) => {
      const set = new Set<Resource>();
      const { dependencies: direct, provider, deletedWith } = resource;
      const urns = [...direct, ...[provider, deletedWith].filter((urn) => urn !== null)];
      for (const urn of urns) {
        const found = byUrn.get(urn);
        if (!found) continue;
        set.add(found.resource);
        if (found.resource.custom) continue;
        for (const child of beneath.get(urn) ?? []) {
          if ((byUrn.get(child.urn)?.index ?? Infinity) < index) set.add(child);
        }
      }
      const parent = resource.parent === null ? undefined : byUrn.get(resource.parent);
      if (parent) set.add(parent.resource);
      return [resource, set];
    }),
  );
}

function descendants(resources: readonly Resource[]): Map<string, Resource[]> {
  const parents = new Map(resources.map(({ urn, parent }) => [urn, parent]));
  const beneath = new Map<string, Resource[]>();
  for (const resource of resources) {
    for (let urn = resource.parent; urn !== null; urn = parents.get(urn) ?? null) {
      beneath.set(urn, [...(beneath.get(urn) ?? []), resource]);
    }
  }
  return beneath;
}
