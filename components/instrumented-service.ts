import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { buildContainerImage, type ContainerImageArgs } from "./container-image";
import { createPodIdentity, type PodIdentityArgs } from "./pod-identity";
import { createServiceMonitor, type MetricsArgs, ScrapeTarget } from "./scrape-target";
import { createDeployment, createScaling, createService, type WorkloadArgs } from "./workload";

/** Who is watched: one service, from its source folder to its scrape job. */
export interface InstrumentedServiceArgs extends WorkloadArgs {
  /** A namespace that exists; many services share one. */
  readonly namespace: pulumi.Input<string>;
  /** A source folder to build, or a ready image (with a digest, or a tag that is never moved). */
  readonly image: ContainerImageArgs | string;
  /** `releaseName` of the MonitoringStack that scrapes it. */
  readonly release: pulumi.Input<string>;
  /** Port that the container listens on. @default 3000 */
  readonly port?: number;
  /** @default /metrics at the stack's interval, at most 2000 samples */
  readonly metrics?: MetricsArgs;
  /** What the service may do in AWS. @default nothing */
  readonly identity?: PodIdentityArgs;
}

/**
 * A service that is built, deployed, scaled and scraped.
 *
 * ```ts
 * new InstrumentedService("task-service", { namespace, image: { context, ... }, release }, { providers });
 * ```
 * It answers /health/startup, /health/liveness, /health/readiness and its metrics path on one port.
 * Providers: kubernetes, and aws where it builds an image or has an identity.
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

    this.image =
      typeof args.image === "string"
        ? pulumi.output(args.image)
        : buildContainerImage(name, args.image, child);
    const account = new k8s.core.v1.ServiceAccount(
      name,
      { metadata: target.metadata(), automountServiceAccountToken: false },
      child,
    );
    const identity = args.identity && createPodIdentity(name, args.identity, account, child);
    const deployment = createDeployment(target, args, this.image, account, {
      ...child,
      dependsOn: identity ? [identity] : [],
    });
    createScaling(target, args, deployment, child);
    const service = createService(target, child);
    createServiceMonitor(target, args.metrics ?? {}, args.release, child);

    const { name: host, namespace } = service.metadata;
    this.url = pulumi.interpolate`http://${host}.${namespace}.svc.cluster.local`;
    this.registerOutputs({ image: this.image, url: this.url });
  }
}
