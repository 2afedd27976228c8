import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ImageArgs, Platform } from "../platform";
import type { Watcher } from "../watcher";
import { checkScaling, scaleOnCpu, scaleOnRequests, type ScalingArgs } from "./autoscaling";
import type { MetricsArgs } from "./metrics-args";
import { createServicePolicies } from "./network-policy";
import { createServiceMonitor, ScrapeTarget } from "./scrape-target";
import {
  aliveSeriesOf,
  createDashboard,
  createRules,
  type EarlyFacts,
  type ObservationArgs,
  requestRateOf,
  serviceFacts,
} from "./observation";
import { telemetryOf } from "./telemetry";
import {
  createDeployment,
  createDisruptionBudget,
  createService,
  DEFAULT_RESOURCES,
  type WorkloadArgs,
} from "./workload";

/** Arguments of InstrumentedService. Whether it may have an `slo` is its metrics' to say. */
export type InstrumentedServiceArgs = PlacementArgs & WorkloadArgs & ScalingArgs & ObservationArgs;

/** What is deployed where. */
interface PlacementArgs {
  /** A namespace that exists; many services share one. */
  readonly namespace: pulumi.Input<string>;
  /** The cluster to run on. */
  readonly platform: Platform;
  /** A source folder to build, or a ready image (with a digest, or a tag that is never moved). */
  readonly image: ImageArgs | string;
  /** The MonitoringStack that watches it. */
  readonly watchedBy: Watcher;
  /** Port that the container listens on. @default 3000 */
  readonly port?: number;
  /** What the service may do outside the cluster, in the platform's terms (on EKS an IAM policy, JSON). @default nothing */
  readonly permissions?: pulumi.Input<string>;
}

/**
 * A service with image, Deployment, autoscaler, Service, ServiceMonitor, dashboard, rules and alerts.
 *
 * ```ts
 * new InstrumentedService("task-service", {
 *   namespace, platform, image: { context: "./services/task-service" }, watchedBy: monitoring,
 *   slo: { availability: 99.9, latency: { percent: 99, seconds: 0.25 } },
 * }, { providers: platform.providers });
 * ```
 * It answers /health/startup, /health/liveness, /health/readiness and its metrics path on one port.
 * @throws Error or pulumi.RunError, before anything is made, where an objective cannot be kept or the
 * platform has no registry or identities that the arguments ask for
 */
export class InstrumentedService extends pulumi.ComponentResource {
  /** Of its Service, Deployment and the rest; the job of its series. */
  readonly name: string;
  /** Image as deployed, by digest where it was built here. */
  readonly image: pulumi.Output<string>;
  /** Address inside the cluster. */
  readonly url: pulumi.Output<string>;
  /** Its series that are 1, once for each pod, while the pod's metrics arrive: a PromQL selector. */
  readonly alive: pulumi.Output<string>;

  constructor(name: string, args: InstrumentedServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    // No args: the environment may hold plain strings, and component inputs are kept in state.
    super("kubernetes-monitoring:index:InstrumentedService", name, {}, opts);
    this.name = name;
    checkScaling(name, args);
    const child = { parent: this };
    const target = new ScrapeTarget(name, args.namespace, args.port ?? 3000, args.metrics);
    const { memoryLimit } = args.resources ?? DEFAULT_RESOURCES;
    const facts = serviceFacts(target, args, args.watchedBy, memoryLimit);

    this.image = createImage(name, args, child);
    const account = new k8s.core.v1.ServiceAccount(
      name,
      { metadata: target.metadata(), automountServiceAccountToken: false },
      child,
    );
    const metrics: MetricsArgs = args.metrics ?? {};
    if (args.platform.network) createServicePolicies(target, metrics, args, child);
    const telemetry = telemetryOf(target, args.metrics, args.watchedBy);
    const image = { reference: this.image, nodeSelector: nodeSelectorOf(args) };
    const deployment = createDeployment(target, args, telemetry, image, account, {
      ...child,
      dependsOn: [...(args.platform.nodes ?? []), ...grantPermissions(name, args, account, child)],
    });
    createAutoscaler(target, args, facts, deployment, child);
    createDisruptionBudget(target, child);
    const service = createService(target, child);
    if (metrics.preset !== "opentelemetry-otlp") {
      createServiceMonitor(target, metrics, args.watchedBy.releaseName, child);
    }
    createDashboard(target, facts, child);
    createRules(target, facts, args.watchedBy, child);

    const { name: host, namespace } = service.metadata;
    this.url = pulumi.interpolate`http://${host}.${namespace}.svc.cluster.local`;
    this.alive = aliveSeriesOf(target, facts);
    this.registerOutputs({ image: this.image, url: this.url, alive: this.alive });
  }
}

function createImage(
  name: string,
  { image, platform }: InstrumentedServiceArgs,
  opts: { readonly parent: pulumi.Resource },
): pulumi.Output<string> {
  if (typeof image === "string") return pulumi.output(image);
  // The registry has a say all the same: on EKS the repository stays, with the images in it.
  if (!platform.imageRegistry && image.use !== undefined) return pulumi.output(image.use);
  if (platform.imageRegistry) return platform.imageRegistry.createImage(name, image, opts);
  throw new Error(
    `${name}: image must be a ready image; got a folder to build, and the platform has no registry. Fix: push an image yourself and give its reference.`,
  );
}

/** What is built here runs on the nodes that it was built for; what a ready image runs on, nobody can say. */
const nodeSelectorOf = ({
  image,
  platform,
}: InstrumentedServiceArgs): Readonly<Record<string, string>> | undefined =>
  typeof image === "string" || image.use !== undefined
    ? undefined
    : platform.imageRegistry?.nodeSelector;

/** One of the two, never both. */
function createAutoscaler(
  target: ScrapeTarget,
  args: InstrumentedServiceArgs,
  facts: EarlyFacts,
  deployment: k8s.apps.v1.Deployment,
  opts: pulumi.CustomResourceOptions,
): void {
  const { autoscale, watchedBy } = args;
  if (!autoscale) {
    scaleOnCpu(target, args, deployment, opts);
    return;
  }
  const { prometheusUrl } = watchedBy;
  const question = { prometheusUrl, query: requestRateOf(target, facts) };
  scaleOnRequests(target, autoscale, args, question, deployment, opts);
}

/** @returns what the pods must wait for: credentials reach only pods that are created after it */
function grantPermissions(
  name: string,
  { permissions, platform }: InstrumentedServiceArgs,
  account: k8s.core.v1.ServiceAccount,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  if (permissions === undefined) return [];
  const { workloadIdentity } = platform;
  if (!workloadIdentity) {
    throw new Error(
      `${name}: permissions must be left out; the platform has no identities for workloads. Fix: give the service credentials by its environment, from a secret Output.`,
    );
  }
  const args = { workload: name, serviceAccount: account.metadata, policy: permissions };
  return [workloadIdentity.grant(name, args, opts)];
}
