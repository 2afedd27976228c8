import type { Peer } from "../support/traffic";

/** Where a connection may go: a name of PEERS and one of its ports. */
export type Port = number | `${number}/UDP`;

interface Place {
  readonly peer: Peer;
  /** Those that it listens on, and some that nobody has asked for. */
  readonly ports: readonly Port[];
}

const monitoring = (last: number, name: string, ports: readonly Port[]): Place => ({
  peer: {
    ip: `10.0.1.${last}`,
    pod: { namespace: "prometheus", labels: { "app.kubernetes.io/name": name } },
  },
  ports: [...ports, 22],
});

const service = (last: number, name: string): Place => ({
  peer: { ip: `10.0.2.${last}`, pod: { namespace: "prod", labels: { app: name } } },
  ports: [3000, 22],
});

const outside = (ip: string, ports: readonly Port[]): Place => ({ peer: { ip }, ports });

const OPERATOR = "kube-prometheus-stack-prometheus-operator";
const PODS = {
  grafana: monitoring(1, "grafana", [3000, 9094, 6060]),
  prometheus: monitoring(2, "prometheus", [9090, 8080]),
  alertmanager: monitoring(3, "alertmanager", [9093, 9094, "9094/UDP", 8080]),
  operator: monitoring(4, OPERATOR, [10250]),
  "kube-state-metrics": monitoring(5, "kube-state-metrics", [8080, 8081]),
  "crds-upgrade": monitoring(6, "crds-upgrade", []),
  "stack-check": monitoring(7, "stack-check", []),
  "any other of prometheus": monitoring(8, "intruder", [8080]),
  "task-service": service(1, "task-service"),
  "quote-service": service(2, "quote-service"),
  "any other of prod": service(3, "intruder"),
} as const satisfies Readonly<Record<string, Place>>;

export const PEERS = {
  ...PODS,
  // In the VPC too, and of no namespace with policies.
  "a pod elsewhere": {
    peer: { ip: "10.0.3.1", pod: { namespace: "default", labels: { app: "shop" } } },
    ports: [8080],
  },
  CoreDNS: {
    peer: { ip: "10.0.3.2", pod: { namespace: "kube-system", labels: { "k8s-app": "kube-dns" } } },
    ports: [53, "53/UDP", 9153],
  },
  "a load balancer": outside("10.0.4.1", []),
  "a node": outside("10.0.5.1", [10250, 9100, 2381, 10257, 22]),
  "the API server": outside("10.0.5.2", [443]),
  "the API server's Service": outside("172.20.0.1", [443]),
  "DNS on the node": outside("172.20.0.10", [53, "53/UDP"]),
  "Pod Identity": outside("169.254.170.23", [80]),
  "instance metadata": outside("169.254.169.254", [80]),
  "the internet": outside("203.0.113.9", [443, 80, 25, 587, 5432, 6443, 10250]),
} as const satisfies Readonly<Record<string, Place>>;

export type Name = keyof typeof PEERS;
export type Needed = readonly [
  from: Name | readonly Name[],
  to: Name | readonly Name[],
  ...ports: Port[],
];

export const NAMES = Object.keys(PEERS) as Name[];
export const ALL_PODS = Object.keys(PODS) as Name[];
const SERVICES: readonly Name[] = ["task-service", "quote-service"];
const OF_PROD: readonly Name[] = [...SERVICES, "any other of prod"];
const ASK_API: readonly Name[] = [
  "grafana",
  "prometheus",
  "operator",
  "kube-state-metrics",
  "crds-upgrade",
  "stack-check",
];

/** What the stack lives by, wherever it runs. */
const EVERYWHERE: readonly Needed[] = [
  ["grafana", "prometheus", 9090],
  ["grafana", "alertmanager", 9093],
  ["prometheus", "alertmanager", 9093, 8080],
  ["prometheus", "prometheus", 9090, 8080],
  ["prometheus", "grafana", 3000],
  ["prometheus", "operator", 10250],
  ["prometheus", "kube-state-metrics", 8080, 8081],
  ["prometheus", SERVICES, 3000],
  // Monitors of any namespace, on any port.
  ["prometheus", "a pod elsewhere", 8080],
  ["prometheus", "CoreDNS", 53, "53/UDP", 9153],
  ["prometheus", "a node", 10250, 9100],
  ["alertmanager", "alertmanager", 9094, "9094/UDP"],
  ["stack-check", "grafana", 3000],
  ["a load balancer", "grafana", 3000],
  ["the API server", "operator", 10250],
  [ASK_API, ["the API server", "the API server's Service"], 443],
  [OF_PROD, SERVICES, 3000],
  // Receivers, and the APIs that services use.
  [
    ["alertmanager", ...OF_PROD],
    ["the internet", "the API server", "the API server's Service"],
    443,
  ],
];

export const ON_EKS: readonly Needed[] = [
  ...EVERYWHERE,
  // Port 53 of anything that answers for names, of which no policy can know where it is.
  [ALL_PODS, ["DNS on the node", "CoreDNS"], 53, "53/UDP"],
  [["alertmanager", "prometheus", ...OF_PROD], "Pod Identity", 80],
  // Amazon Managed Prometheus.
  ["prometheus", "the internet", 443],
  // The whole VPC: load balancers have addresses of it, and so have nodes, and pods that no policy is for.
  [["a node", "the API server", "a pod elsewhere", "CoreDNS"], "grafana", 3000],
  [
    [
      "a node",
      "a load balancer",
      "the API server's Service",
      "DNS on the node",
      "a pod elsewhere",
      "CoreDNS",
    ],
    "operator",
    10250,
  ],
];

const OUTSIDE = NAMES.filter((name) => !ALL_PODS.includes(name));

/** Nobody can say where things are on a cluster that is there, so their ports are open to anywhere. */
export const ON_KUBECONFIG: readonly Needed[] = [
  ...EVERYWHERE,
  [ALL_PODS, "CoreDNS", 53, "53/UDP"],
  [OUTSIDE, "grafana", 3000],
  [OUTSIDE, "operator", 10250],
  [ASK_API, "the internet", 443, 6443],
  ["prometheus", "the internet", 10250],
];
