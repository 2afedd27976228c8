import type { Cloud } from "../cloud/cloud";
import type { ControllerObject, Span } from "../cloud/behaviour";
import { behaviourOf } from "../cloud/behaviours";
import type { Resource } from "../resource";

/** An object that a controller has made, and when. */
export interface ControllerMade extends Omit<ControllerObject, "span"> {
  /** URN of the resource that it was made for. */
  readonly because: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** Everything that controllers make while the stack comes up, in the order of its start. */
export function controllerMade(
  resources: readonly Resource[],
  spans: ReadonlyMap<string, Span>,
  cloud: Cloud,
): ControllerMade[] {
  const spanOf = (urn: string): Span => spans.get(urn) ?? { start: 0, end: 0 };
  const pods = resources.flatMap((resource) => cloud.pods(resource, resources));
  const firstPod = Math.min(...pods.map(({ because }) => spanOf(because).start));
  const context = { account: cloud.account, resources, pods };
  return resources
    .filter(({ custom }) => custom)
    .flatMap((resource) =>
      (behaviourOf(resource.type).controllers?.(resource, context) ?? []).map(
        ({ span, ...object }) => {
          const own = spanOf(resource.urn);
          const { start, end } = span?.(own, firstPod) ?? own;
          // Whose cluster it is pays for what is made on it.
          const charges = cloud.account.existingCluster ? [] : object.charges;
          return {
            ...object,
            charges,
            because: resource.urn,
            startSeconds: start,
            endSeconds: end,
          };
        },
      ),
    )
    .sort((a, b) => a.startSeconds - b.startSeconds || compare(a.kind + a.name, b.kind + b.name));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
