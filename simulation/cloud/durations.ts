/**
 * Where a time was read: `logs` are Terraform's in public documents (2026-11), `reports` an issue and
 * talks; `assumed` ones are typical figures without a source, and printed so.
 */
export type TimeSource = "logs" | "reports" | "assumed";

/**
 * How long the simulated cloud takes, in seconds. Where a range is usual, `create` is its middle; what
 * a leak depends on is its longest.
 */
interface Duration {
  readonly create: number;
  readonly delete: number;
  readonly source: TimeSource;
  /** What it is, for people. @default not printed, as it is assumed */
  readonly what?: string;
}

const assumed = (create: number, remove: number): Duration => ({
  create,
  delete: remove,
  source: "assumed",
});

const read = (
  source: Exclude<TimeSource, "assumed">,
  what: string,
  create: number,
  remove: number,
): Duration => ({ create, delete: remove, source, what });

export const durations = {
  /** Answers at once: configuration of a provider, a random value. */
  instant: assumed(0, 0),
  /** One call of an AWS API. */
  awsCall: assumed(3, 3),
  /** 8:23 to 11:23 up, median 10:17; 1:09 to 8:42 down, median 2:28 (ten of each). */
  controlPlane: read("logs", "control plane", 615, 150),
  /** 1:25 to 2:05 up (eight), 0:37 to 1:19 down, median 1:00 (nine). */
  natGateway: read("logs", "NAT gateway", 120, 60),
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
  /** kube-prometheus-stack on cold nodes: first node, image pulls, webhook jobs; on warm nodes 2:17 was logged once. */
  chart: assumed(240, 60),
  /** KEDA on nodes that are there: three images, and the certificate that its operator makes for the others. */
  keda: assumed(60, 20),
  /** Ingress to the load balancer's name, 10-60 s; down, assumed, until its finalizer is done. */
  loadBalancer: read("logs", "load balancer's name", 35, 45),
  /** Ingress to a load balancer that answers, 2:15 to 3:07, median 2:32 (six): `up` waits for the name only. */
  loadBalancerActive: read("logs", "load balancer that answers", 150, 0),
  /** A cluster deleted to its last logs, "within a few minutes" (EKS User Guide): on the safe side. */
  logDelivery: assumed(0, 240),
  /** Until all name servers of Route 53 have a change. */
  dnsChange: assumed(40, 40),
  /** Validation record to issued certificate: 1-3 minutes. */
  certificateIssued: assumed(120, 0),
  /** First pending pod to first ready Auto Mode node, 45-80 s (aws-cdk#33373 and others): on the safe side. */
  firstNode: read("reports", "first node", 90, 0),
  /** Node pool deleted: its nodes are drained, and their instances terminated, 1-2 minutes. */
  nodePool: assumed(1, 90),
  /** Claim deleted to EBS volume deleted, 10-60 s: the longest, because a leak depends on it. */
  volumeRelease: assumed(0, 60),
  /** Claim to bound volume, 10-20 s. */
  volumeBind: assumed(15, 0),
} as const satisfies Record<string, Duration>;

export type DurationName = keyof typeof durations;
