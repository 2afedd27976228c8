import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { buildContainerImage, type ContainerImageArgs } from "../cluster/image-registry";
import { createPodIdentity, type PodIdentityArgs } from "../cluster/pod-identity";
import { createServiceMonitor, ScrapeTarget } from "./scrape-target";
import {
  createDashboard,
  createRules,
  type ObservationArgs,
  serviceFacts,
  type Watcher,
} from "./observation";
import {
  createDeployment,
  createScaling,
  createService,
  DEFAULT_RESOURCES,
  type WorkloadArgs,
} from "./workload";

/** Who is watched: one service, from its source folder to its alerts. */
export interface InstrumentedServiceArgs extends WorkloadArgs, ObservationArgs {
  /** A namespace that exists; many services share one. */
  readonly namespace: pulumi.Input<string>;
  /** A source folder to build, or a ready image (with a digest, or a tag that is never moved). */
  readonly image: ContainerImageArgs | string;
  /** The MonitoringStack that watches it. */
  readonly watchedBy: Watcher;
  /** Port that the container listens on. @default 3000 */
  readonly port?: number;
  /** What the service may do in AWS. @default nothing */
  readonly identity?: PodIdentityArgs;
}

/**
 * A service that is built, deployed, scaled, scraped, drawn and alerted on.
 *
 * ```ts
 * new InstrumentedService("task-service", {
 *   namespace, image: { context, repositoryName, platform }, watchedBy: monitoring,
 *   slo: { availability: 99.9, latency: { percent: 99, seconds: 0.25 } },
 * }, { providers: [awsProvider, cluster.provider] });
 * ```
 * It answers /health/startup, /health/liveness, /health/readiness and its metrics path on one port.
 * @throws Error or pulumi.RunError where an objective cannot be kept, before anything is made
 */
export class InstrumentedService extends pulumi.ComponentResource {
  /** Image as deployed, by digest where it was built here. */
  readonly image: pulumi.Output<string>;
  /** Address inside the cluster. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: InstrumentedServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    // No args: the environment may hold plain strings, and component inputs are kept in state.
    super("eks-monitoring:index:InstrumentedService", name, {}, opts);
    const child = { parent: this };
    const target = new ScrapeTarget(name, args.namespace, args.port ?? 3000);
    const { memoryLimit } = args.resources ?? DEFAULT_RESOURCES;
    const facts = serviceFacts(target, args, args.watchedBy, memoryLimit);

    this.image =
      typeof args.image === "string"
        ? pulumi.output(args.image)
        : buildContainerImage(name, args.image, child);
    const account = new k8s.core.v1.ServiceAccount(
      name,
      { metadata: target.metadata(), automountServiceAccountToken: false },
      child,
    );
    const identity =
      args.identity && createPodIdentity(name, args.identity, account.metadata, child);
    const deployment = createDeployment(target, args, this.image, account, {
      ...child,
      dependsOn: identity ? [identity] : [],
    });
    createScaling(target, args, deployment, child);
    const service = createService(target, child);
    createServiceMonitor(target, args.metrics ?? {}, args.watchedBy.releaseName, child);
    createDashboard(target, facts, child);
    createRules(target, facts, args.watchedBy, child);

    const { name: host, namespace } = service.metadata;
    this.url = pulumi.interpolate`http://${host}.${namespace}.svc.cluster.local`;
    this.registerOutputs({ image: this.image, url: this.url });
  }
}
