import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import {
  createNetworkPolicies,
  credentials,
  onlyDns,
  type PodPolicy,
  tcp,
} from "../network-policy";
import type { PlatformNetwork } from "../platform";

/** HTTPS anywhere: addresses of APIs change, and no policy of Kubernetes knows names. */
const HTTPS = tcp(443);

/**
 * What every service of the namespace may connect to: names, HTTPS, the credentials of its identity, and its
 * neighbours. Who may connect to it is in a policy of its own.
 */
export function createServicesPolicies(
  name: string,
  namespace: k8s.core.v1.Namespace,
  network: PlatformNetwork,
  opts: pulumi.CustomResourceOptions,
): void {
  const services: PodPolicy = {
    pods: {},
    egress: [{ peers: [{ podSelector: {} }] }, { ports: HTTPS }, ...credentials(network)],
  };
  const policies = { "default-deny": onlyDns(network), services };
  createNetworkPolicies(name, namespace, policies, opts);
}
