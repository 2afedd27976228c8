import { change, configured, previewAndUp, refreshAndUp, refused } from "./apply";
import type { Operation, OperationGroup } from "./operation";
import { withService } from "./programs";

const KEPT = { claims: "kept", restarted: [] } as const;
const REFUSED = { steps: "refused in the preview", ...KEPT } as const;

/** With the component whose inputs hold the scheme, and what links to Grafana. */
const ANOTHER_ADDRESS = [
  "replace Ingress",
  "update Cluster",
  "update IngressClassParams",
  "update PrometheusRule",
];

/** Listener, links to Grafana, and the name that it links to itself by. */
const ANOTHER_NAME = ["replace Job", "update Ingress", "update PrometheusRule", "update Release"];

/** What does not touch volumes: settings of monitoring, services and AWS. */
export const settings: readonly OperationGroup[] = [
  {
    name: "nothing changed",
    short: true,
    operations: [
      { name: "second up", perform: previewAndUp, expected: { steps: [], ...KEPT } },
      { name: "refresh, then up", perform: refreshAndUp, expected: { steps: [], ...KEPT } },
    ],
  },
  {
    name: "what is fixed",
    short: true,
    operations: [
      fixed("cluster renamed", { clusterName: "another" }, /clusterName/),
      fixed("VPC's range changed", { vpcCidr: "10.64.0.0/16" }, /vpcCidr/),
      fixed(
        "a zone replaced",
        { availabilityZones: ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1b"] },
        /availabilityZones/,
      ),
      fixed(
        "monitoring namespace renamed",
        { monitoringNamespace: "watch" },
        /monitoringNamespace/,
      ),
      fixed("service namespace renamed", { serviceNamespace: "apps" }, /serviceNamespace/),
    ],
  },
  {
    name: "dashboards and rules",
    short: true,
    operations: [
      {
        name: "objective changed: dashboard and rules",
        perform: (run) =>
          withService(
            (args) =>
              ({
                ...args,
                slo: { availability: 99.5, latency: { percent: 99, seconds: 0.25 } },
              }) as typeof args,
            () => previewAndUp(run),
          ),
        expected: { steps: ["update ConfigMap", "update PrometheusRule"], ...KEPT },
      },
      {
        name: "objective changed back",
        perform: previewAndUp,
        expected: { steps: ["update ConfigMap", "update PrometheusRule"], ...KEPT },
      },
    ],
  },
  {
    name: "receivers",
    needsValues: true,
    operations: [
      {
        name: "receiver added",
        perform: async (run) => {
          await setReceiverSecret(run, "https://hooks.example.com/one");
          return configured({
            receivers: [
              { name: "on-call", kind: "sns", email: "on-call@example.com" },
              { name: "chat", kind: "slack", channel: "#alerts" },
            ],
          })(run);
        },
        expected: {
          steps: ["create Secret", "replace Job", "update Release"],
          claims: "kept",
          restarted: ["alertmanager"],
        },
      },
      {
        name: "receiver's secret rotated",
        perform: async (run) => {
          await setReceiverSecret(run, "https://hooks.example.com/two");
          return previewAndUp(run);
        },
        expected: { steps: ["update Secret"], ...KEPT },
      },
      {
        name: "receiver removed",
        perform: async (run) => {
          await run.engine.run(["config", "rm", "receiverSecrets"]);
          return configured({
            receivers: [{ name: "on-call", kind: "sns", email: "on-call@example.com" }],
          })(run);
        },
        expected: {
          steps: ["delete Secret", "replace Job", "update Release"],
          claims: "kept",
          restarted: ["alertmanager"],
        },
      },
    ],
  },
  {
    name: "access",
    short: true,
    operations: [
      change("Grafana's networks changed", { grafanaAllowedCidrs: ["198.51.100.0/24"] }, [
        "update Ingress",
      ]),
      change("Grafana's networks changed back", { grafanaAllowedCidrs: ["203.0.113.0/24"] }, [
        "update Ingress",
      ]),
      change("API server's networks changed", { apiServerCidrs: ["203.0.113.0/24"] }, [
        // The component, whose inputs hold them, and EKS' cluster.
        "2 update Cluster",
      ]),
      change("API server's networks changed back", { apiServerCidrs: ["0.0.0.0/0"] }, [
        "2 update Cluster",
      ]),
    ],
  },
  {
    name: "load balancer's scheme",
    short: true,
    operations: [
      change("load balancer made internal", { loadBalancerScheme: "internal" }, ANOTHER_ADDRESS),
      change(
        "load balancer made internet-facing",
        { loadBalancerScheme: "internet-facing" },
        ANOTHER_ADDRESS,
      ),
    ],
  },
  {
    name: "domain",
    needsValues: true,
    operations: [
      change(
        "Grafana's domain in a zone",
        { grafanaDomain: "grafana.example.com", hostedZone: "example.com" },
        ["2 create Record", "create Certificate", "create CertificateValidation", ...ANOTHER_NAME],
        ["grafana"],
      ),
      change(
        "Grafana's domain changed",
        { grafanaDomain: "metrics.example.com" },
        [
          "2 replace Record",
          "replace Certificate",
          "replace CertificateValidation",
          ...ANOTHER_NAME,
        ],
        ["grafana"],
      ),
      change(
        "Grafana's domain removed",
        { grafanaDomain: "", hostedZone: "" },
        ["2 delete Record", "delete Certificate", "delete CertificateValidation", ...ANOTHER_NAME],
        ["grafana"],
      ),
    ],
  },
  {
    name: "Prometheus",
    needsValues: true,
    operations: [
      change("scrape interval changed", { scrapeInterval: "15s" }, [
        "replace Job",
        "update Release",
      ]),
      change("scrape interval changed back", { scrapeInterval: "30s" }, [
        "replace Job",
        "update Release",
      ]),
      change(
        "retention changed",
        { retentionDays: 45 },
        ["replace Job", "update Release"],
        ["prometheus"],
      ),
      change(
        "retention changed back",
        { retentionDays: 31 },
        ["replace Job", "update Release"],
        ["prometheus"],
      ),
    ],
  },
  {
    name: "service",
    short: true,
    operations: [
      {
        name: "another image",
        perform: (run) => {
          run.engine.account.changeSource("task-service");
          return previewAndUp(run);
        },
        expected: {
          steps: ["replace Job", "update Deployment", "update Image"],
          claims: "kept",
          restarted: ["task-service"],
        },
      },
      change("more pods at least", { taskServiceReplicas: 4 }, ["update HorizontalPodAutoscaler"]),
      change("fewer pods at least", { taskServiceReplicas: 3 }, ["update HorizontalPodAutoscaler"]),
    ],
  },
];

function fixed(
  name: string,
  config: Readonly<Record<string, unknown>>,
  announced: RegExp,
): Operation {
  return { name, perform: refused(config), expected: { ...REFUSED, announced } };
}

const setReceiverSecret = (run: Parameters<Operation["perform"]>[0], url: string) =>
  run.engine.run([...["config", "set", "--secret", "--path", "receiverSecrets.chat-url"], url]);
