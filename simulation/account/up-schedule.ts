import * as pulumi from "@pulumi/pulumi";
import type { Span } from "../cloud/behaviour";
import { behaviourOf } from "../cloud/behaviours";
import type { Cloud } from "../cloud/cloud";
import { durations } from "../cloud/durations";
import type { Resource } from "../resource";

export interface UpSchedule {
  readonly spans: ReadonlyMap<string, Span>;
  readonly seconds: number;
  /** URNs of custom resources: each waited for the one before it, and the last is ready last. */
  readonly criticalPath: readonly string[];
}

/**
 * When each resource is made and ready, on a virtual clock. The engine runs all that
 * it can at once: a resource starts when what it depends on is there, a remote component's
 * children when the component is constructed, and pods run from the first node on.
 */
export function scheduleUp(resources: readonly Resource[], cloud: Cloud): UpSchedule {
  // The first node comes with the first pod, so a first pass without nodes finds when that pod is made.
  const before = new UpClock(resources, cloud, 0);
  const withPods = resources.filter((resource) => cloud.pods(resource, resources).length > 0);
  const firstPod = Math.min(...withPods.map(({ urn }) => before.span(urn).start));
  const clock = new UpClock(resources, cloud, firstPod + durations.firstNode.create);

  const spans = new Map(resources.map(({ urn }) => [urn, clock.span(urn)]));
  const seconds = Math.max(0, ...[...spans.values()].map(({ end }) => end));
  return { spans, seconds, criticalPath: clock.criticalPath(seconds) };
}

class UpClock {
  private readonly byUrn: ReadonlyMap<string, Resource>;
  private readonly childrenOf = new Map<string, Resource[]>();
  private readonly known = new Map<string, Span>();
  private readonly asked = new Set<string>();

  constructor(
    private readonly resources: readonly Resource[],
    private readonly cloud: Cloud,
    private readonly nodeReady: number,
  ) {
    this.byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    for (const resource of resources) {
      if (resource.parent === null) continue;
      const siblings = this.childrenOf.get(resource.parent) ?? [];
      this.childrenOf.set(resource.parent, [...siblings, resource]);
    }
  }

  span(urn: string): Span {
    const known = this.known.get(urn);
    if (known) return known;
    if (this.asked.has(urn)) throw new pulumi.RunError(`${urn} depends on itself`);
    this.asked.add(urn);
    const resource = this.resource(urn);
    const span = resource.custom ? this.customSpan(resource) : this.componentSpan(resource);
    this.known.set(urn, span);
    return span;
  }

  criticalPath(end: number): string[] {
    let last = this.resources.find(({ urn, custom }) => custom && this.span(urn).end === end);
    const path: string[] = [];
    while (last) {
      path.unshift(last.urn);
      const { start } = this.span(last.urn);
      const waited: readonly Resource[] = this.prerequisites(last).flatMap((urn) =>
        this.leaves(urn),
      );
      last = start > 0 ? waited.find(({ urn }) => this.span(urn).end === start) : undefined;
    }
    return path;
  }

  private customSpan(resource: Resource): Span {
    const start = this.startOf(resource);
    const { create } = this.cloud.seconds(resource);
    const { runsOnNodes, awaits } = behaviourOf(resource.type);
    const working = runsOnNodes ? Math.max(start, this.nodeReady) : start;
    const awaited = (awaits?.(resource, this.resources) ?? []).map(({ urn }) => this.span(urn).end);
    return { start, end: Math.max(working + create, ...awaited) };
  }

  private componentSpan(component: Resource): Span {
    const beneath = this.leaves(component.urn).map(({ urn }) => this.span(urn));
    const start =
      beneath.length > 0 ? Math.min(...beneath.map((span) => span.start)) : this.startOf(component);
    return { start, end: Math.max(start, ...beneath.map((span) => span.end)) };
  }

  private startOf(resource: Resource): number {
    return Math.max(0, ...this.prerequisites(resource).map((urn) => this.span(urn).end));
  }

  /** Nothing is registered before the component it belongs to, which waits for its own inputs. */
  private prerequisites(resource: Resource): string[] {
    const parent = resource.parent === null ? undefined : this.resource(resource.parent);
    return [
      ...resource.dependencies,
      ...[resource.provider, resource.deletedWith].filter((urn) => urn !== null),
      ...(parent?.custom ? [parent.urn] : []),
      ...(parent && !parent.custom ? this.prerequisites(parent) : []),
    ];
  }

  /** The custom resources at and beneath a URN. */
  private leaves(urn: string): Resource[] {
    const resource = this.resource(urn);
    const beneath = (this.childrenOf.get(urn) ?? []).flatMap((child) => this.leaves(child.urn));
    return resource.custom ? [resource, ...beneath] : beneath;
  }

  private resource(urn: string): Resource {
    const found = this.byUrn.get(urn);
    if (!found) throw new Error(`${urn} is depended on and was never registered`);
    return found;
  }
}
