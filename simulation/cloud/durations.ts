/**
 * How long the simulated cloud takes, in seconds. None of these could be read from a source or
 * measured here: they are typical figures, marked `assumed` and printed so.
 * Where a range is usual, `create` is its middle; what a leak depends on is its longest.
 */
interface Duration {
  readonly create: number;
  readonly delete: number;
  readonly source: "assumed";
}

const assumed = (create: number, remove: number): Duration => ({
  create,
  delete: remove,
  source: "assumed",
});

export const durations = {
  /** Answers at once: configuration of a provider, a random value. */
  instant: assumed(0, 0),
  /** One call of an AWS API. */
  awsCall: assumed(3, 3),
  /** 8-10 minutes up, 2-4 minutes down. */
  controlPlane: assumed(540, 180),
  /** 1.5-2.5 minutes up. */
  natGateway: assumed(120, 60),
  /** 0.5-2 minutes up, after nodes. */
  addon: assumed(75, 30),
  dynamoTable: assumed(15, 10),
  /** Cold build and push: 1-3 minutes. */
  imageBuild: assumed(120, 0),
  /** One call of the Kubernetes API. */
  kubernetesCall: assumed(1, 1),
  /** Down: until everything in it is gone. */
  namespace: assumed(1, 20),
  /** On nodes that are there: pull, start, readiness; down: preStop and drain. */
  rollout: assumed(40, 35),
  /** Job of the check: its image, and the first scrape of what was just deployed; down: its pod has ended. */
  stackCheck: assumed(60, 2),
  /** kube-prometheus-stack on cold nodes: first node, image pulls, webhook jobs. */
  chart: assumed(240, 60),
  /** Ingress to the load balancer's name, 10-60 s; down until its finalizer is done. */
  loadBalancer: assumed(35, 45),
  /** Until all name servers of Route 53 have a change. */
  dnsChange: assumed(40, 40),
  /** Validation record to issued certificate: 1-3 minutes. */
  certificateIssued: assumed(120, 0),
  /** First pending pod to first ready Auto Mode node: create only. */
  firstNode: assumed(90, 0),
  /** Node pool deleted: its nodes are drained, and their instances terminated, 1-2 minutes. */
  nodePool: assumed(1, 90),
  /** Claim deleted to EBS volume deleted, 10-60 s: the longest, because a leak depends on it. */
  volumeRelease: assumed(0, 60),
  /** Claim to bound volume, 10-20 s. */
  volumeBind: assumed(15, 0),
} as const satisfies Record<string, Duration>;

export type DurationName = keyof typeof durations;
