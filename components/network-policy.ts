import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { PlatformNetwork } from "./platform";

export type PolicyPeer = k8s.types.input.networking.v1.NetworkPolicyPeer;
type PolicyPort = k8s.types.input.networking.v1.NetworkPolicyPort;

/** Connections between the chosen pods and peers. */
export interface Flow {
  /** @default anywhere */
  readonly peers?: readonly PolicyPeer[];
  /** @default every port */
  readonly ports?: readonly PolicyPort[];
}

/** Who may connect to some pods, and what they may connect to. What is left out is refused. */
export interface PodPolicy {
  readonly pods: k8s.types.input.meta.v1.LabelSelector;
  /** @default the policy says nothing of incoming connections */
  readonly ingress?: readonly Flow[];
  /** @default the policy says nothing of outgoing connections */
  readonly egress?: readonly Flow[];
}

/** A NetworkPolicy of Kubernetes. Policies on the same pods add up, so anybody may open more by one of their own. */
export function createNetworkPolicy(
  name: string,
  metadata: { readonly name: string; readonly namespace: pulumi.Input<string> },
  { pods, ingress, egress }: PodPolicy,
  opts: pulumi.CustomResourceOptions,
): k8s.networking.v1.NetworkPolicy {
  return new k8s.networking.v1.NetworkPolicy(
    name,
    {
      metadata: { ...metadata, labels: { "app.kubernetes.io/managed-by": "pulumi" } },
      spec: {
        podSelector: pods,
        policyTypes: [...(ingress ? ["Ingress"] : []), ...(egress ? ["Egress"] : [])],
        ...(ingress && { ingress: ingress.map(({ peers, ports }) => rule("from", peers, ports)) }),
        ...(egress && { egress: egress.map(({ peers, ports }) => rule("to", peers, ports)) }),
      },
    },
    opts,
  );
}

/** Policies of a namespace, each under its own name. */
export const createNetworkPolicies = (
  name: string,
  namespace: k8s.core.v1.Namespace,
  policies: Readonly<Record<string, PodPolicy>>,
  opts: pulumi.CustomResourceOptions,
): k8s.networking.v1.NetworkPolicy[] =>
  Object.entries(policies).map(([policy, spec]) =>
    createNetworkPolicy(
      `${name}-${policy}`,
      { name: policy, namespace: namespace.metadata.name },
      spec,
      opts,
    ),
  );

/** Every pod of the namespace: nothing but names. */
export const onlyDns = (network: PlatformNetwork): PodPolicy => ({
  pods: {},
  ingress: [],
  egress: [dns(network)],
});

/**
 * On EKS Auto Mode names are answered on the node, at an address that AWS does not document, so the ports are
 * open to anywhere. Elsewhere by pods, or at a link-local address: NodeLocal DNSCache, Cloud DNS of GKE.
 */
function dns(network: PlatformNetwork): Flow {
  const ports = [...udp(53), ...tcp(53)];
  if (network.dns === "node") return { ports };
  const pods: PolicyPeer = {
    namespaceSelector: inNamespace("kube-system"),
    podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
  };
  return { peers: [pods, ...addresses(["169.254.0.0/16"])], ports };
}

/** Pods by the label that the chart, this program and most others give them. */
export const podsNamed = (...names: readonly string[]) => ({
  matchExpressions: [{ key: "app.kubernetes.io/name", operator: "In", values: [...names] }],
});

export const inNamespace = (name: pulumi.Input<string>) => ({
  matchLabels: { "kubernetes.io/metadata.name": name },
});

/** @param cidrs none: anywhere */
export const addresses = (cidrs: readonly string[]): readonly PolicyPeer[] =>
  cidrs.map((cidr) => ({ ipBlock: { cidr } }));

/** Where pods get the credentials of their identity; nothing, where there are none. */
export const credentials = ({ credentials: address }: PlatformNetwork): readonly Flow[] =>
  address === undefined ? [] : [{ peers: addresses([address]), ports: tcp(80) }];

export const tcp = (...ports: readonly number[]): readonly PolicyPort[] =>
  ports.map((port) => ({ protocol: "TCP", port }));

export const udp = (...ports: readonly number[]): readonly PolicyPort[] =>
  ports.map((port) => ({ protocol: "UDP", port }));

/** Kubernetes takes an absent list for everything. */
const rule = (
  side: "from" | "to",
  peers: readonly PolicyPeer[] = [],
  ports: readonly PolicyPort[] = [],
) => ({
  ...(peers.length > 0 && { [side]: [...peers] }),
  ...(ports.length > 0 && { ports: [...ports] }),
});
