import type * as pulumi from "@pulumi/pulumi";

/**
 * All that a cluster gives to what runs on it. MonitoringStack and InstrumentedService know this
 * interface and no cloud. What a cluster may lack is optional.
 */
export interface Platform {
  /** Providers of everything that is made on the platform, the cluster's Kubernetes provider among them. */
  readonly providers: pulumi.ProviderResource[];
  /** How this program itself reaches the API server, where no provider's resource does what it needs. */
  readonly access: ClusterAccess;
  /** kubectl with what it needs to reach the cluster, for the commands that users are told. */
  readonly kubectl: string;
  /** Minor of the API server, such as "1.35". */
  readonly kubernetesVersion: string;
  /** Parts of the control plane that answer a scrape at addresses of their own. */
  readonly controlPlaneTargets: readonly ControlPlaneTarget[];
  /** Parts of the control plane whose metrics the API server itself hands out. @default none */
  readonly apiServerMetrics?: readonly ApiServerMetrics[];
  /** StorageClass of volumes. @default the cluster's own default class */
  readonly storageClassName?: pulumi.Input<string>;
  /** @default none: an Ingress would never get an address, so none is made */
  readonly ingressController?: IngressController;
  /** Host at which node ports answer. @default none is reached: a load balancer is the way in */
  readonly nodeAddress?: string;
  /** @default none: a service needs a ready image */
  readonly imageRegistry?: ImageRegistry;
  /** @default none: a service that asks for permissions is refused */
  readonly workloadIdentity?: WorkloadIdentity;
  /** @default none: a receiver of kind sns is refused */
  readonly alertTopics?: AlertTopics;
  /** @default none: a zone is refused, and certificates and DNS records are made elsewhere */
  readonly domains?: Domains;
  /** @default none: a store to be made is refused; an endpoint that is there needs none */
  readonly metricsStore?: MetricsStore;
  /** @default no network policies are made: every pod may talk to everything */
  readonly network?: PlatformNetwork;
  /** Zones that nodes can be in. @default nobody can say, and a cluster of one node is enough */
  readonly zones?: number;
  /** What brings the nodes: pods are made after it, and gone before it. @default nodes are there */
  readonly nodes?: readonly pulumi.Resource[];
  /** Annotations of pods that are not to be moved so that nodes become fewer or cheaper. @default nothing moves pods for that */
  readonly keepInPlace?: Readonly<Record<string, string>>;
}

/**
 * What network policies have to know of the cluster, before anything is made. Addresses are CIDRs; an
 * empty list means that nobody can say, so anywhere.
 */
export interface PlatformNetwork {
  /** Addresses of the nodes, where kubelets answer. */
  readonly nodes: readonly string[];
  /** Addresses that a load balancer's connections come from. */
  readonly loadBalancers: readonly string[];
  /** The API server, by its own addresses and those of its Service. */
  readonly apiServer: { readonly addresses: readonly string[]; readonly ports: readonly number[] };
  /** Whether pods of kube-system answer for DNS, or each node itself, so that there is no pod to name. */
  readonly dns: "pods" | "node";
  /** Where pods get the credentials of their identity, on port 80. @default nowhere */
  readonly credentials?: string;
}

/** The cluster of a stack: one that it makes, or one that is there. */
export interface StackCluster {
  /** The cluster as the other components see it. */
  readonly platform: Platform;
  /** Name of the cluster, or its context. */
  readonly clusterName: string;
  /** Secret. @default none is given out, where the caller's own kubeconfig is used */
  readonly kubeconfig?: pulumi.Output<string>;
  /** Makes the cluster kubectl's current one. */
  readonly kubeconfigCommand: string;
}

/** A kubeconfig, JSON or YAML and secret; or a context of the files that kubectl reads. */
export type ClusterAccess =
  { readonly kubeconfig: pulumi.Output<string> } | { readonly context: string };

/** Keys of the chart's values. */
export const CONTROL_PLANE_TARGETS = [
  "kubeControllerManager",
  "kubeScheduler",
  "kubeEtcd",
  "kubeProxy",
  "coreDns",
] as const;

export type ControlPlaneTarget = (typeof CONTROL_PLANE_TARGETS)[number];

export const isControlPlaneTarget = (name: string): name is ControlPlaneTarget =>
  CONTROL_PLANE_TARGETS.some((target) => target === name);

/** Metrics of a part of the control plane, which the API server hands out to who may `get` a resource. */
export interface ApiServerMetrics {
  /** Part that they are of. */
  readonly target: "kubeControllerManager" | "kubeScheduler";
  /** Path on the API server. */
  readonly path: string;
  /** API group of the resource. */
  readonly apiGroup: string;
  /** Resource and its subresource, as a role names them. */
  readonly resource: string;
}

/** Makes an Ingress reachable from outside the cluster, and writes its address into the Ingress' status. */
export interface IngressController {
  /** IngressClass to name in the Ingress. */
  readonly className: pulumi.Input<string>;
  /** What an Ingress has to say to be exposed so. */
  expose(exposure: IngressExposure): ExposedIngress;
}

export interface ExposedIngress {
  /** In the controller's own terms. */
  readonly annotations: Readonly<Record<string, pulumi.Input<string>>>;
  /** Secret that holds the certificate. @default none: the controller has it, or it is plain HTTP */
  readonly tlsSecretName?: pulumi.Input<string>;
  /**
   * What an Ingress keeps for its life: with another value it is made anew, because the controller would
   * give it another address, of which nobody hears. @default nothing
   */
  readonly replacementTrigger?: string;
}

export interface IngressExposure {
  /** Path that answers 200 while the service works. */
  readonly healthCheckPath: string;
  /** CIDRs that may connect. Empty: everybody. */
  readonly allowedCidrs: readonly string[];
  /** Certificate, in the platform's own terms (an ARN on EKS, else a Secret's name). @default the controller's own, or plain HTTP */
  readonly certificate?: pulumi.Input<string>;
}

/** A place for images that the cluster may pull from. */
export interface ImageRegistry {
  /**
   * Makes a repository for a service, builds its image for the cluster's nodes and pushes it.
   * @returns the image's reference, by digest: a rebuilt image is a new reference, and so rolled out
   */
  createImage(
    name: string,
    args: ImageArgs,
    opts: { readonly parent: pulumi.Resource },
  ): pulumi.Output<string>;
  /** Labels of the nodes that its images run on. @default all nodes run them */
  readonly nodeSelector?: Readonly<Record<string, string>>;
}

export interface ImageArgs {
  /** Folder with the Dockerfile, relative to the program: an absolute one would differ between machines. */
  readonly context: string;
  /**
   * An image to deploy in place of a build, such as the digest of an earlier one. The repository
   * and what is in it stay. @default build the context
   */
  readonly use?: string;
}

/** Gives the pods of a ServiceAccount permissions outside the cluster. */
export interface WorkloadIdentity {
  /** @returns what pods must wait for: credentials reach only pods that are created after it */
  grant(
    name: string,
    args: WorkloadIdentityArgs,
    opts: pulumi.CustomResourceOptions,
  ): pulumi.Resource;
}

export interface WorkloadIdentityArgs {
  /** Name of the workload, once in a stack. */
  readonly workload: string;
  readonly serviceAccount: ServiceAccountName;
  /** What it may do, in the platform's own terms (on EKS an IAM policy document, JSON). */
  readonly policy: pulumi.Input<string>;
}

/** Where a Kubernetes ServiceAccount is. */
export interface ServiceAccountName {
  /** Namespace that it is in. */
  readonly namespace: pulumi.Input<string>;
  /** Its own name. */
  readonly name: pulumi.Input<string>;
}

/** Topics that alerts are published to. */
export interface AlertTopics {
  /** Makes the topics that are not there yet, and lets the ServiceAccount publish to exactly these. */
  createTopics(
    name: string,
    topics: readonly AlertTopicArgs[],
    publisher: ServiceAccountName,
    opts: pulumi.CustomResourceOptions,
  ): CreatedTopics;
}

export interface AlertTopicArgs {
  /** Once in a stack. */
  readonly name: string;
  /** Identity of a topic that is there, in the platform's terms (on EKS an ARN). @default a topic of its own */
  readonly existing?: string;
  /** Address that a topic made here writes to, once its owner has confirmed. @default nobody */
  readonly email?: string;
}

export interface CreatedTopics {
  /** Identities in the platform's terms (on EKS ARNs), in the order of the topics given. */
  readonly ids: pulumi.Output<string[]>;
  /** What the publisher's pods must wait for. */
  readonly dependsOn: readonly pulumi.Resource[];
}

/** Makes certificates and DNS records for names in zones that are there. */
export interface Domains {
  /** Has a certificate issued. @returns it in the platform's own terms (on EKS an ARN), once it can be used */
  certify(
    name: string,
    args: DomainArgs,
    opts: pulumi.CustomResourceOptions,
  ): pulumi.Output<string>;
  /** Points the domain at a load balancer. @returns what has to be there before the domain answers */
  point(name: string, args: PointedDomainArgs, opts: pulumi.CustomResourceOptions): pulumi.Resource;
}

export interface DomainArgs {
  /** Host name: the zone's own, or one below it. */
  readonly domain: string;
  /** Name of a public zone that is there, such as "example.com". */
  readonly zone: string;
}

export interface PointedDomainArgs extends DomainArgs {
  /** Host name of the load balancer. */
  readonly loadBalancer: pulumi.Input<string>;
}

/** Makes a store that keeps metrics for longer than Prometheus does. */
export interface MetricsStore {
  /** Makes the store, and lets the ServiceAccount write to it and to no other. */
  create(
    name: string,
    args: MetricsStoreArgs,
    writer: ServiceAccountName,
    opts: pulumi.CustomResourceOptions,
  ): CreatedMetricsStore;
}

export interface MetricsStoreArgs {
  /** Series that it takes at once, at most: a ceiling of cost. */
  readonly mostSeries: number;
  /** Days that it keeps samples. */
  readonly retentionDays: number;
}

export interface CreatedMetricsStore {
  /** Address of its remote write. */
  readonly url: pulumi.Output<string>;
  /** How Prometheus proves who it is: fields of prometheus-operator's RemoteWriteSpec, without a secret. */
  readonly authentication: object;
  /** What the writer's pods must wait for. */
  readonly dependsOn: readonly pulumi.Resource[];
}
