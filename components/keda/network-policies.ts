import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import {
  addresses,
  createNetworkPolicies,
  type Flow,
  inNamespace,
  onlyDns,
  podsNamed,
  tcp,
} from "../network-policy";
import type { PlatformNetwork } from "../platform";
import { METRICS_SERVER, OPERATOR, WEBHOOKS } from "./keda-values";

/** Ports of the chart's pods. */
const OPERATOR_GRPC = tcp(9666);
const OPERATOR_METRICS = tcp(8080);
const EXTERNAL_METRICS = tcp(6443);
const WEBHOOK = tcp(9443);
const PROMETHEUS = tcp(9090);

/**
 * Every connection that KEDA needs: the API server asks for metrics and has objects validated, the metrics
 * server asks the operator, and the operator asks Prometheus, which scrapes it.
 * @param monitoring namespace of Prometheus
 * @returns what KEDA's pods must wait for
 */
export function createKedaPolicies(
  name: string,
  namespace: k8s.core.v1.Namespace,
  network: PlatformNetwork,
  monitoring: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): k8s.networking.v1.NetworkPolicy[] {
  const apiServer = addresses(network.apiServer.addresses);
  const prometheus = {
    namespaceSelector: inNamespace(monitoring),
    podSelector: podsNamed("prometheus"),
  };
  const toApiServer: Flow = { peers: apiServer, ports: tcp(...network.apiServer.ports) };
  const ofKeda = (pod: string, ports: Flow["ports"] & object): Flow => ({
    peers: [{ podSelector: podsNamed(pod) }],
    ports,
  });
  return createNetworkPolicies(
    name,
    namespace,
    {
      "default-deny": onlyDns(network),
      "api-server": { pods: podsNamed(OPERATOR, METRICS_SERVER, WEBHOOKS), egress: [toApiServer] },
      operator: {
        pods: podsNamed(OPERATOR),
        ingress: [
          ofKeda(METRICS_SERVER, OPERATOR_GRPC),
          { peers: [prometheus], ports: OPERATOR_METRICS },
        ],
        egress: [{ peers: [prometheus], ports: PROMETHEUS }],
      },
      "metrics-server": {
        pods: podsNamed(METRICS_SERVER),
        ingress: [{ peers: apiServer, ports: EXTERNAL_METRICS }],
        egress: [ofKeda(OPERATOR, OPERATOR_GRPC)],
      },
      webhooks: { pods: podsNamed(WEBHOOKS), ingress: [{ peers: apiServer, ports: WEBHOOK }] },
    },
    opts,
  );
}
