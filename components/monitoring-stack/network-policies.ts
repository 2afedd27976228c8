import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import {
  addresses,
  createNetworkPolicies,
  credentials,
  type Flow,
  onlyDns,
  type PodPolicy,
  podsNamed,
  tcp,
  udp,
} from "../network-policy";
import type { ControlPlaneTarget, Platform, PlatformNetwork } from "../platform";
import { type AlertingArgs, everyReceiver } from "./alerting";
import type { GrafanaAccess } from "./grafana";
import type { OidcLogin } from "./oidc-login";
import type { RemoteWriteArgs } from "./remote-write";

/** What decides which connections the chart's pods need. */
interface MonitoringNetwork {
  readonly platform: Pick<Platform, "network" | "controlPlaneTargets">;
  readonly alerting: AlertingArgs;
  readonly grafana: Pick<GrafanaAccess, "oidc">;
  /** @default Prometheus writes to nowhere else */
  readonly remoteWrite?: RemoteWriteArgs | undefined;
}

/** Name label of the operator, and of the Jobs that make the certificate of its webhook. */
const OPERATOR = "kube-prometheus-stack-prometheus-operator";
/** Name label that the chart's values give the Job that applies the CRDs. */
export const CRD_JOB = "crds-upgrade";
/** Name label of the Job that looks at the stack when all of it is there. */
export const STACK_CHECK = "stack-check";

const HTTPS = 443;
/** Ports of the chart's pods; behind a Service they are the pods' own, not the Service's. */
const GRAFANA = tcp(3000);
const PROMETHEUS = tcp(9090);
const ALERTMANAGER = tcp(9093);
const ALERTMANAGER_GOSSIP = [...tcp(9094), ...udp(9094)];
const CONFIG_RELOADER = tcp(8080);
const KUBE_STATE_METRICS = tcp(8080, 8081);
/** Of the webhook and of the metrics. */
const OPERATOR_PORT = tcp(10250);
/** On every node's own address. */
const KUBELET = 10250;
const NODE_EXPORTER = 9100;
/** On the addresses of nodes too; the chart's defaults. CoreDNS runs in pods. */
const CONTROL_PLANE: Readonly<Record<Exclude<ControlPlaneTarget, "coreDns">, number>> = {
  kubeControllerManager: 10257,
  kubeScheduler: 10259,
  kubeEtcd: 2381,
  kubeProxy: 10249,
};

/** @returns what the chart's pods must wait for, the Jobs before the install among them; nothing without a network */
export function createMonitoringPolicies(
  name: string,
  namespace: k8s.core.v1.Namespace,
  { platform, alerting, grafana, remoteWrite }: MonitoringNetwork,
  opts: pulumi.CustomResourceOptions,
): k8s.networking.v1.NetworkPolicy[] {
  const { network, controlPlaneTargets } = platform;
  if (!network) return [];
  const policies = monitoringPolicies(network, controlPlaneTargets, alerting, grafana, remoteWrite);
  return createNetworkPolicies(name, namespace, policies, opts);
}

/** Every connection that kube-prometheus-stack needs, by the pods that it is about. */
function monitoringPolicies(
  network: PlatformNetwork,
  controlPlaneTargets: readonly ControlPlaneTarget[],
  alerting: AlertingArgs,
  { oidc }: Pick<GrafanaAccess, "oidc">,
  remoteWrite: RemoteWriteArgs | undefined,
): Readonly<Record<string, PodPolicy>> {
  const apiServer: Flow = {
    peers: addresses(network.apiServer.addresses),
    ports: tcp(...network.apiServer.ports),
  };
  return {
    "default-deny": onlyDns(network),
    "api-server": {
      pods: podsNamed(
        "grafana",
        "kube-state-metrics",
        OPERATOR,
        "prometheus",
        CRD_JOB,
        STACK_CHECK,
      ),
      egress: [apiServer],
    },
    grafana: {
      pods: podsNamed("grafana"),
      ingress: [
        { peers: addresses(network.loadBalancers), ports: GRAFANA },
        from(GRAFANA, "prometheus", STACK_CHECK),
      ],
      egress: [
        to(PROMETHEUS, "prometheus"),
        to(ALERTMANAGER, "alertmanager"),
        ...(oidc ? [{ ports: tcp(...loginPorts(oidc)) }] : []),
      ],
    },
    prometheus: {
      pods: podsNamed("prometheus"),
      ingress: [from(PROMETHEUS, "grafana", "prometheus"), from(CONFIG_RELOADER, "prometheus")],
      egress: [
        // It scrapes what a monitor of any namespace names, on the port that it names.
        { peers: [{ namespaceSelector: {} }] },
        { peers: addresses(network.nodes), ports: tcp(...nodePorts(controlPlaneTargets)) },
        ...(remoteWrite ? writing(remoteWrite, network) : []),
      ],
    },
    alertmanager: {
      pods: podsNamed("alertmanager"),
      ingress: [
        from(ALERTMANAGER, "grafana", "prometheus"),
        from(ALERTMANAGER_GOSSIP, "alertmanager"),
        from(CONFIG_RELOADER, "prometheus"),
      ],
      egress: [
        to(ALERTMANAGER_GOSSIP, "alertmanager"),
        { ports: tcp(...receiverPorts(alerting)) },
        ...credentials(network),
      ],
    },
    operator: {
      pods: podsNamed(OPERATOR),
      ingress: [
        // The API server calls its webhook.
        { peers: addresses(network.apiServer.addresses), ports: OPERATOR_PORT },
        from(OPERATOR_PORT, "prometheus"),
      ],
    },
    "kube-state-metrics": {
      pods: podsNamed("kube-state-metrics"),
      ingress: [from(KUBE_STATE_METRICS, "prometheus")],
    },
    "stack-check": { pods: podsNamed(STACK_CHECK), egress: [to(GRAFANA, "grafana")] },
  };
}

/** Connections between pods of this namespace. */
const from = (ports: Flow["ports"] & object, ...names: readonly string[]): Flow => ({
  peers: [{ podSelector: podsNamed(...names) }],
  ports,
});
const to = from;

const nodePorts = (targets: readonly ControlPlaneTarget[]): readonly number[] => [
  KUBELET,
  NODE_EXPORTER,
  ...targets.flatMap((target) => (target === "coreDns" ? [] : CONTROL_PLANE[target])),
];

/** To the stores, whose addresses nobody can name beforehand. */
const writing = (
  { store, endpoint }: RemoteWriteArgs,
  network: PlatformNetwork,
): readonly Flow[] => [
  {
    ports: tcp(
      ...new Set([...(store ? [HTTPS] : []), ...(endpoint ? [portOf(endpoint.url)] : [])]),
    ),
  },
  ...(store ? credentials(network) : []),
];

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return Number(port) || (protocol === "http:" ? 80 : HTTPS);
}

/** Of the provider's endpoints that Grafana itself asks; the browser goes to the other. */
const loginPorts = ({ tokenUrl, apiUrl }: OidcLogin): readonly number[] => [
  ...new Set([tokenUrl, apiUrl].map((url) => Number(new URL(url).port || HTTPS))),
];

/**
 * HTTPS, and the port of each mail server. Addresses of receivers are names or secret, so that no policy can
 * tell them apart; a webhook on another port needs a policy of its own (docs/security.md).
 */
function receiverPorts(args: AlertingArgs): readonly number[] {
  const mail = everyReceiver(args).flatMap((each) =>
    each.kind === "email" ? Number(each.smarthost.split(":").at(-1)) : [],
  );
  return [...new Set([HTTPS, ...mail])];
}
