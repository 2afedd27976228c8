import assert from "node:assert/strict";
import { recordStack } from "../../../simulation/record-stack";
import { reveal } from "../../../simulation/resource";
import { areAllowed, buildEvaluator, type Peer } from "../../support/traffic";

const NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
/** Go builds what evaluates the policies; later runs take it from its cache. */
const BUILD_MILLISECONDS = 480_000;

const keda = (last: number, name: string): Peer => ({
  ip: `10.0.6.${last}`,
  pod: { namespace: "keda", labels: { "app.kubernetes.io/name": name } },
});
const pod = (last: number, namespace: string, labels: Readonly<Record<string, string>>): Peer => ({
  ip: `10.0.1.${last}`,
  pod: { namespace, labels },
});

const PEERS = {
  operator: keda(1, "keda-operator"),
  "metrics server": keda(2, "keda-operator-metrics-apiserver"),
  webhooks: keda(3, "keda-admission-webhooks"),
  prometheus: pod(1, "prometheus", { "app.kubernetes.io/name": "prometheus" }),
  grafana: pod(2, "prometheus", { "app.kubernetes.io/name": "grafana" }),
  "a service": pod(3, "prod", { app: "task-service" }),
  "a pod elsewhere": pod(4, "default", { app: "shop" }),
  "the API server": { ip: "10.0.5.2" },
  "the internet": { ip: "203.0.113.9" },
} as const satisfies Readonly<Record<string, Peer>>;

type Name = keyof typeof PEERS;

const NAMES = Object.keys(PEERS) as Name[];
const OF_KEDA: readonly Name[] = ["operator", "metrics server", "webhooks"];
const PORTS = [443, 3000, 6443, 8080, 9090, 9443, 9666];

/** On EKS the API server has addresses of the VPC, as pods have: what it may do and suffer, they may too. */
const AT_ITS_ADDRESSES: readonly Name[] = ["the API server", "a pod elsewhere"];
const NEEDED = [
  ...OF_KEDA.flatMap((name) => AT_ITS_ADDRESSES.map((other) => `${name} -> ${other} 443`)),
  "metrics server -> operator 9666",
  "operator -> prometheus 9090",
  "prometheus -> operator 8080",
  // Prometheus may connect to anything.
  ...[...AT_ITS_ADDRESSES, "prometheus"].flatMap((other) => [
    `${other} -> metrics server 6443`,
    `${other} -> webhooks 9443`,
  ]),
];

describe("the network policies of KEDA", function () {
  this.timeout(120_000);
  before(function () {
    this.timeout(BUILD_MILLISECONDS);
    buildEvaluator(this);
  });

  it("let it do what it needs, and nothing else", async () => {
    const { resources } = await recordStack("prod", {
      config: { taskServiceRequestsPerSecond: "50" },
    });
    const policies = resources
      .filter(({ type }) => type === NETWORK_POLICY)
      .map(({ inputs }) => JSON.parse(JSON.stringify(reveal(inputs))) as object);
    const asked = NAMES.flatMap((from) =>
      NAMES.flatMap((to) =>
        from !== to && (OF_KEDA.includes(from) || OF_KEDA.includes(to))
          ? PORTS.map((port) => ({
              from: PEERS[from],
              to: PEERS[to],
              port,
              name: `${from} -> ${to} ${port}`,
            }))
          : [],
      ),
    );
    const answers = areAllowed(policies, asked);
    const allowed = asked.filter((_, index) => answers[index]).map(({ name }) => name);
    assert.deepEqual(allowed.sort(), [...NEEDED].sort());
  });
});
