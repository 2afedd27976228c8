import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type FixedInput, keepInputs } from "../fixed-inputs";
import { createKubernetesProvider } from "../kubernetes-provider";
import type {
  ControlPlaneTarget,
  IngressController,
  Platform,
  PlatformNetwork,
  StackCluster,
} from "../platform";
import { createRegistryImage } from "./registry-image";

/** Arguments of ExistingCluster: what the cluster has, because nobody can ask it in a preview. */
export interface ExistingClusterArgs {
  /** Context in the files that kubectl reads ($KUBECONFIG or ~/.kube/config). */
  readonly context: string;
  /** Its minor or one beside it, such as "1.35": the kubectl that applies the chart's CRDs. */
  readonly kubernetesVersion: string;
  /** Its ingress controller. @default none */
  readonly ingress?: ExistingIngress;
  /** Host at which node ports answer, such as "localhost". */
  readonly nodeAddress: string;
  /** StorageClass of volumes. @default the cluster's default class */
  readonly storageClassName?: string;
  /** Registry that images are pushed to and the cluster pulls from. @default (also where it is empty) services need ready images */
  readonly images?: { readonly registry: string; readonly architecture: "amd64" | "arm64" };
  /** Parts of the control plane that answer a scrape. */
  readonly controlPlaneTargets: readonly ControlPlaneTarget[];
  /** Whether to make network policies; whether they have an effect is the cluster's CNI's to say. */
  readonly networkPolicies: boolean;
}

/** An ingress controller that writes addresses into the status of Ingresses. */
export interface ExistingIngress {
  /** Name of its IngressClass. */
  readonly className: string;
  /** On every Ingress, in the controller's own terms. */
  readonly annotations: Readonly<Record<string, string>>;
}

const TYPE = "kubernetes-monitoring:index:ExistingCluster";

export const FIXED_CONTEXT_INPUTS: readonly FixedInput[] = [
  {
    input: "context",
    key: "kubeContext",
    because: "all that is on the cluster would stay there, and be made anew on another",
  },
  {
    input: "storageClassName",
    key: "storageClass",
    because: "a claim cannot change its class",
  },
];

/**
 * A cluster that is there: kind, k3d, minikube, Docker Desktop, GKE, AKS or an EKS of somebody's own.
 * Makes nothing but the Kubernetes provider.
 *
 * ```ts
 * new ExistingCluster("cluster", {
 *   context: "kind-monitoring", kubernetesVersion: "1.35", nodeAddress: "localhost", controlPlaneTargets: ["coreDns"],
 *   networkPolicies: true,
 * });
 * ```
 */
export class ExistingCluster extends pulumi.ComponentResource implements StackCluster {
  /** Kubernetes provider of this cluster. */
  readonly provider: k8s.Provider;
  readonly platform: Platform;
  /** The context. */
  readonly clusterName: string;
  readonly kubeconfigCommand: string;

  constructor(name: string, args: ExistingClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const { context, storageClassName = "" } = args;
    super(
      TYPE,
      name,
      { context, storageClassName },
      keepInputs(TYPE, name, FIXED_CONTEXT_INPUTS, opts),
    );
    this.provider = createKubernetesProvider(
      name,
      { context, clusterIdentifier: context },
      { parent: this },
    );
    this.platform = existingPlatform(args, this.provider);
    this.clusterName = context;
    this.kubeconfigCommand = `kubectl config use-context ${context}`;
    this.registerOutputs({
      clusterName: this.clusterName,
      kubeconfigCommand: this.kubeconfigCommand,
    });
  }
}

const existingPlatform = (args: ExistingClusterArgs, provider: k8s.Provider): Platform => ({
  providers: [provider],
  access: { context: args.context },
  kubectl: `kubectl --context ${args.context}`,
  kubernetesVersion: args.kubernetesVersion,
  controlPlaneTargets: args.controlPlaneTargets,
  nodeAddress: args.nodeAddress,
  ...(args.storageClassName !== undefined && { storageClassName: args.storageClassName }),
  ...(args.ingress && { ingressController: ingressController(args.ingress) }),
  ...(args.images?.registry && { imageRegistry: imageRegistry(args.images) }),
  ...(args.networkPolicies && { network: UNKNOWN_NETWORK }),
});

/** Nobody can say in a preview where nodes, load balancers and the API server are. 6443 is kubeadm's, so kind's. */
const UNKNOWN_NETWORK: PlatformNetwork = {
  nodes: [],
  loadBalancers: [],
  apiServer: { addresses: [], ports: [443, 6443] },
  dns: "pods",
};

const ingressController = ({ className, annotations }: ExistingIngress): IngressController => ({
  className,
  expose: ({ certificate }) => ({
    annotations,
    ...(certificate !== undefined && { tlsSecretName: certificate }),
  }),
});

const imageRegistry = (
  images: Required<ExistingClusterArgs>["images"],
): Required<Platform>["imageRegistry"] => ({
  createImage: (name, image, opts) => createRegistryImage(name, { ...image, ...images }, opts),
});
