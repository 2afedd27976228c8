import type * as pulumi from "@pulumi/pulumi";
import type { ApiServerMetrics, IngressExposure, Platform, PlatformNetwork } from "../platform";
import { createAlertTopics } from "./alert-topics";
import { createContainerImage } from "./container-image";
import { route53Domains } from "./domains";
import { createManagedPrometheus } from "./managed-prometheus";
import { createPodIdentity } from "./pod-identity";

/** Where load balancers can be reached from: the internet, or the VPC and what is connected with it. */
export type LoadBalancerScheme = "internet-facing" | "internal";

/** What the platform of an EKS cluster is made from. */
export interface EksPlatformArgs {
  /** `<project>-<stack>`: the prefix of every name that has to be unique in the account. */
  readonly prefix: string;
  readonly clusterName: string;
  /** Secret. */
  readonly kubeconfig: pulumi.Output<string>;
  readonly kubernetesVersion: string;
  readonly providers: pulumi.ProviderResource[];
  readonly ingressClassName: pulumi.Input<string>;
  /** Of the load balancers of that class. */
  readonly loadBalancerScheme: LoadBalancerScheme;
  readonly storageClassName: pulumi.Input<string>;
  /** Number of zones that nodes are made in. */
  readonly zones: number;
  /** What makes nodes for pods. */
  readonly nodes: readonly pulumi.Resource[];
  /** Whether scheduler and controller manager are scraped. */
  readonly controlPlaneMetrics: boolean;
  /** Of the nodes. */
  readonly architecture: "amd64" | "arm64";
  /** Of the VPC, where network policies are enforced. @default they are not, and none are made */
  readonly vpcCidr?: string;
}

/** EKS Auto Mode as MonitoringStack and InstrumentedService see it. */
export function eksPlatform(args: EksPlatformArgs): Platform {
  const { prefix, clusterName, architecture } = args;
  return {
    providers: args.providers,
    access: { kubeconfig: args.kubeconfig },
    // Its context is made by kubeconfigCommand, which makes it the current one too.
    kubectl: "kubectl",
    kubernetesVersion: args.kubernetesVersion,
    // None has an address that pods could reach.
    controlPlaneTargets: [],
    ...(args.controlPlaneMetrics && { apiServerMetrics: API_SERVER_METRICS }),
    storageClassName: args.storageClassName,
    ingressController: {
      className: args.ingressClassName,
      expose: (exposure) => ({
        annotations: loadBalancerAnnotations(exposure),
        // No load balancer changes its scheme: the controller makes another, with another name.
        replacementTrigger: args.loadBalancerScheme,
      }),
    },
    imageRegistry: {
      createImage: (name, image, opts) => {
        const repositoryName = `${prefix}/${name}`;
        return createContainerImage(name, { ...image, repositoryName, architecture }, opts);
      },
      // After a change there are nodes of both for a while, and an image runs on its own only.
      nodeSelector: { "kubernetes.io/arch": architecture },
    },
    workloadIdentity: {
      grant: (name, { workload, serviceAccount, policy }, opts) => {
        const role = { clusterName, roleName: `${prefix}-${workload}`, policy };
        return createPodIdentity(name, role, serviceAccount, opts);
      },
    },
    alertTopics: {
      createTopics: (name, topics, publisher, opts) =>
        createAlertTopics(name, topics, { prefix, clusterName, publisher }, opts),
    },
    domains: route53Domains,
    metricsStore: {
      create: (name, store, writer, opts) =>
        createManagedPrometheus(name, { ...store, prefix, clusterName, writer }, opts),
    },
    zones: args.zones,
    nodes: args.nodes,
    keepInPlace: { "karpenter.sh/do-not-disrupt": "true" },
    ...(args.vpcCidr !== undefined && { network: network(args.vpcCidr) }),
  };
}

/** EKS User Guide, "Fetch control plane raw metrics in Prometheus format"; etcd and kube-proxy are not among them. */
const METRICS_API = "metrics.eks.amazonaws.com";
const API_SERVER_METRICS: readonly ApiServerMetrics[] = [
  {
    target: "kubeScheduler",
    path: `/apis/${METRICS_API}/v1/ksh/container/metrics`,
    apiGroup: METRICS_API,
    resource: "ksh/metrics",
  },
  {
    target: "kubeControllerManager",
    path: `/apis/${METRICS_API}/v1/kcm/container/metrics`,
    apiGroup: METRICS_API,
    resource: "kcm/metrics",
  },
];

/** EKS takes one of them for Services, the one that is not in the way of the VPC (EKS API, KubernetesNetworkConfigRequest). */
const SERVICE_RANGES = ["10.100.0.0/16", "172.20.0.0/16"];
/** Of the Pod Identity agent on each node (EKS User Guide, "EKS Pod Identity considerations"). */
const POD_IDENTITY_AGENT = "169.254.170.23/32";

/** Nodes, load balancers and the API server's interfaces are all in the VPC. */
const network = (vpcCidr: string): PlatformNetwork => ({
  nodes: [vpcCidr],
  loadBalancers: [vpcCidr],
  apiServer: { addresses: [vpcCidr, ...SERVICE_RANGES], ports: [443] },
  // There are no pods of CoreDNS in Auto Mode.
  dns: "node",
  credentials: POD_IDENTITY_AGENT,
});

/**
 * TLS 1.2 and 1.3. The controller's default still allows 1.0
 * (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#ssl-policy).
 */
const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06";

/** Of Auto Mode's Application Load Balancer: https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-alb.html */
const loadBalancerAnnotations = ({
  healthCheckPath,
  allowedCidrs,
  certificate,
}: IngressExposure): Record<string, pulumi.Input<string>> => ({
  "alb.ingress.kubernetes.io/target-type": "ip",
  "alb.ingress.kubernetes.io/healthcheck-path": healthCheckPath,
  ...(allowedCidrs.length > 0 && {
    "alb.ingress.kubernetes.io/inbound-cidrs": allowedCidrs.join(","),
  }),
  ...(certificate !== undefined && {
    "alb.ingress.kubernetes.io/listen-ports": '[{"HTTP":80},{"HTTPS":443}]',
    "alb.ingress.kubernetes.io/ssl-redirect": "443",
    "alb.ingress.kubernetes.io/ssl-policy": TLS_POLICY,
    "alb.ingress.kubernetes.io/certificate-arn": certificate,
  }),
});
