import type { Span } from "./up-schedule";
import type { Cloud } from "../cloud/cloud";
import { durations } from "../cloud/durations";
import { instanceType, NODE_STORAGE_GIB, nodesFor } from "../cloud/nodes";
import { claimsOf, podsOf } from "../cloud/pods";
import { AUTO_MODE_FEE, cents, type Charge, hourly, prices, traffic } from "../cloud/prices";
import { at, type Resource, reveal } from "../resource";

export type ControllerKind =
  "LoadBalancer" | "NetworkInterface" | "SecurityGroup" | "Volume" | "Node" | "Image" | "LogGroup";

/** Something in the account that no program registered: a controller made it for a resource. */
export interface ControllerMade {
  readonly kind: ControllerKind;
  readonly name: string;
  /** URN of the resource that it was made for. */
  readonly because: string;
  readonly charges: readonly Charge[];
  readonly startSeconds: number;
  readonly endSeconds: number;
}

type Made = Omit<ControllerMade, "startSeconds" | "endSeconds">;

/** Everything that controllers make while the stack comes up, in the order of its start. */
export function controllerMade(
  resources: readonly Resource[],
  spans: ReadonlyMap<string, Span>,
  cloud: Cloud,
): ControllerMade[] {
  const spanOf = (urn: string): Span => spans.get(urn) ?? { start: 0, end: 0 };
  const during = (made: Made): ControllerMade => {
    const { start, end } = spanOf(made.because);
    return { ...made, startSeconds: start, endSeconds: end };
  };
  const volumes = resources.filter(isRelease).flatMap((release) =>
    volumesOf(release, cloud).map((made) => {
      const start = spanOf(release.urn).start + durations.firstNode.create;
      return { ...made, startSeconds: start, endSeconds: start + durations.volumeBind.create };
    }),
  );
  return [
    ...resources.flatMap((resource) => immediate(resource, cloud, zonesOf(resources))).map(during),
    ...nodes(resources, spanOf, cloud),
    ...volumes,
  ].sort((a, b) => a.startSeconds - b.startSeconds || compare(a.kind + a.name, b.kind + b.name));
}

/** What is there as soon as the resource is. */
function immediate(resource: Resource, cloud: Cloud, zones: number): Made[] {
  const free = (kind: ControllerKind, name: string): Made => ({
    kind,
    name,
    because: resource.urn,
    charges: [],
  });
  const inputs = reveal(resource.inputs);
  switch (resource.type) {
    case "kubernetes:networking.k8s.io/v1:Ingress":
      return loadBalancer(resource, cloud, zones);
    case "aws:eks/cluster:Cluster": {
      const name = String(at(inputs, "name"));
      const logs = at(inputs, "enabledClusterLogTypes");
      return [
        free("SecurityGroup", `eks-cluster-sg-${name}`),
        free("NetworkInterface", `Amazon EKS ${name}`),
        ...(Array.isArray(logs) && logs.length > 0
          ? [free("LogGroup", `/aws/eks/${name}/cluster`)]
          : []),
      ];
    }
    case "docker-build:index:Image": {
      const monthlyUsd = prices(cloud.account.region).imageGB * traffic.imageGB;
      return [
        {
          kind: "Image",
          name: resource.name,
          because: resource.urn,
          charges: [charge("Image storage", monthlyUsd)],
        },
      ];
    }
    default:
      return [];
  }
}

/** An internet-facing load balancer has a public address in every zone. */
function loadBalancer(ingress: Resource, cloud: Cloud, zones: number): Made[] {
  const inputs = reveal(ingress.inputs);
  const name = `${String(at(inputs, "metadata.namespace"))}/${String(at(inputs, "metadata.name"))}`;
  const { loadBalancerHour, loadBalancerLcuHour, publicIpv4 } = prices(cloud.account.region);
  const because = ingress.urn;
  return [
    {
      kind: "LoadBalancer",
      name,
      because,
      charges: [
        hourly("Load balancers", loadBalancerHour),
        hourly("Load balancer capacity", loadBalancerLcuHour * traffic.loadBalancerLcu),
        hourly("Public IPv4 addresses", publicIpv4, zones),
      ].map(inCents),
    },
    { kind: "SecurityGroup", name, because, charges: [] },
    { kind: "NetworkInterface", name, because, charges: [] },
  ];
}

function volumesOf(release: Resource, cloud: Cloud): Made[] {
  const { volumeGB } = prices(cloud.account.region);
  return claimsOf(release).map(({ name, gibibytes }) => ({
    kind: "Volume",
    name,
    because: release.urn,
    charges: [charge("EBS volumes", volumeGB * gibibytes)],
  }));
}

/** Auto Mode's nodes: as many as the pods' requests need, from the first pod on. */
function nodes(
  resources: readonly Resource[],
  spanOf: (urn: string) => Span,
  cloud: Cloud,
): ControllerMade[] {
  const cluster = resources.find(({ type }) => type === "aws:eks/cluster:Cluster");
  const pods = resources.flatMap((resource) => podsOf(resource, resources));
  if (!cluster || pods.length === 0) return [];
  const start = Math.min(...pods.map(({ because }) => spanOf(because).start));
  const { node, volumeGB } = prices(cloud.account.region);
  const charges = [
    hourly(`Nodes (${instanceType.name})`, node),
    hourly("EKS Auto Mode fee", node * AUTO_MODE_FEE),
    { item: "Node storage", monthlyUsd: volumeGB * NODE_STORAGE_GIB },
  ].map(inCents);
  return Array.from({ length: nodesFor(pods, zonesOf(resources)) }, (_, index) => ({
    kind: "Node",
    name: `${instanceType.name}-${index + 1}`,
    because: cluster.urn,
    charges,
    startSeconds: start,
    endSeconds: start + durations.firstNode.create,
  }));
}

/** Zones that nodes can be in: those of the private subnets. */
function zonesOf(resources: readonly Resource[]): number {
  const zones = resources
    .filter(({ type }) => type === "aws:ec2/subnet:Subnet")
    .map(({ inputs }) => at(inputs, "availabilityZone"));
  return Math.max(1, new Set(zones).size);
}

const inCents = (line: Charge): Charge => ({ ...line, monthlyUsd: cents(line.monthlyUsd) });

const charge = (item: string, monthlyUsd: number): Charge => ({
  item,
  monthlyUsd: cents(monthlyUsd),
});

const isRelease = ({ type }: Resource): boolean => type === "kubernetes:helm.sh/v3:Release";

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
