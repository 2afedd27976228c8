import { type Need, shortName } from "../cloud/behaviour";
import type { Resource } from "../resource";
import { needsOf } from "./relations";

/**
 * What `up` needs before it can make something, and the program does not guarantee: a sentence for
 * each such pair. An order counts that the engine keeps, by dependencies, provider or parent, and not
 * one that comes of one call being faster than another.
 * @returns sentences in the order of registration; empty where every order is guaranteed
 */
export function orderProblems(resources: readonly Resource[]): string[] {
  const graph = new UpGraph(resources);
  const custom = resources.filter((resource) => resource.custom);
  return custom.flatMap((resource) => {
    const earlier = graph.earlier(resource.urn);
    return needsOf(resource, custom).flatMap((need) => {
      const { from, mayExistAlready, what } = need;
      if (from.length === 0 && !mayExistAlready) {
        return [
          `${shortName(resource)} needs ${what}, and nothing in the stack makes it. ` +
            `Fix: make it in the program, and ${shortName(resource)} after it`,
        ];
      }
      return from
        .filter(({ urn }) => !earlier.has(urn))
        .map((missed) => unordered(shortName(resource), shortName(missed), need));
    });
  });
}

const unordered = (resource: string, missed: string, { what, because }: Need): string =>
  `${resource} must be made after ${missed}, because ${because ?? `it needs ${what}`}; ` +
  `got no order between them. Fix: give ${resource} an output of ${missed}, or dependsOn with it`;

/** What the engine has made by the time that it makes a resource. */
class UpGraph {
  private readonly byUrn: ReadonlyMap<string, Resource>;
  private readonly childrenOf = new Map<string, string[]>();
  private readonly known = new Map<string, ReadonlySet<string>>();

  constructor(resources: readonly Resource[]) {
    this.byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    for (const { urn, parent } of resources) {
      if (parent === null) continue;
      this.childrenOf.set(parent, [...(this.childrenOf.get(parent) ?? []), urn]);
    }
  }

  /** URNs of everything that is made before a resource is. */
  earlier(urn: string): ReadonlySet<string> {
    const known = this.known.get(urn);
    if (known) return known;
    const found = new Set<string>();
    // Set before it is filled, so that a circle of dependencies does not recurse for ever.
    this.known.set(urn, found);
    for (const direct of this.waitedFor(urn)) this.addAll(direct, found);
    return found;
  }

  /** A component is there when everything beneath it is. */
  private addAll(urn: string, found: Set<string>): void {
    if (found.has(urn)) return;
    found.add(urn);
    this.earlier(urn).forEach((each) => found.add(each));
    if (this.byUrn.get(urn)?.custom === false) this.addBeneath(urn, found);
  }

  private addBeneath(urn: string, found: Set<string>): void {
    for (const child of this.childrenOf.get(urn) ?? []) {
      this.addAll(child, found);
      this.addBeneath(child, found);
    }
  }

  /** Nothing is registered before its parent, and a component not before what it depends on itself. */
  private waitedFor(urn: string): readonly string[] {
    const resource = this.byUrn.get(urn);
    if (!resource) return [];
    const { dependencies, provider, deletedWith, parent } = resource;
    const ofParent =
      parent === null ? [] : this.byUrn.get(parent)?.custom ? [parent] : this.waitedFor(parent);
    const named = [provider, deletedWith].filter((each) => each !== null);
    return [...dependencies, ...named, ...ofParent];
  }
}
