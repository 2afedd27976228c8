import type { BadConfiguration } from "./bad-configuration";

/** Takes prod's file to platform kubeconfig. */
const RIGHT = {
  platform: "kubeconfig",
  kubeContext: "kind-monitoring",
  serviceImages: { "task-service": "localhost:5001/task-service:1.0.0" },
  "aws:region": undefined,
  availabilityZones: undefined,
  natGateways: undefined,
  grafanaAllowedCidrs: undefined,
  receivers: undefined,
  requireReceiver: false,
  taskServiceReplicas: undefined,
  taskStore: undefined,
};

const bad = (
  set: Readonly<Record<string, unknown>>,
  ...told: readonly string[]
): BadConfiguration => ({ set: { ...RIGHT, ...set }, told });

/** Clusters that are there, and keys that they have no use for. */
export const EXISTING_CLUSTERS: readonly BadConfiguration[] = [
  {
    set: { platform: "kubeconfig" },
    told: [
      "aws:region must be absent on platform kubeconfig (nothing is made in AWS)",
      "availabilityZones must be absent on platform kubeconfig",
      "natGateways must be absent on platform kubeconfig",
      "grafanaAllowedCidrs must be absent on platform kubeconfig (use ingressAnnotations",
      "receivers[0].kind must be slack, pagerduty, email or webhook on platform kubeconfig",
      "taskStore must be memory on platform kubeconfig",
      "kubeContext must be ",
      "serviceImages.task-service must be a ready image, or imageRegistry a registry",
    ],
  },
  bad({ kubeContext: undefined }, "kubeContext must be ", "kubectl config current-context"),
  bad({ kubeContext: "my cluster" }, "kubeContext must be ", "without spaces"),
  bad(
    { services: ["quote-service"] },
    "serviceImages.quote-service must be a ready image, or imageRegistry a registry",
  ),
  bad({ serviceImages: undefined }, "or imageRegistry a registry to push one to; got nothing"),
  bad({ budgetUsd: 700 }, "budgetUsd must be absent", "nothing is made in AWS"),
  bad({ managedPrometheus: true }, "managedPrometheus must be absent", "remoteWrite takes"),
  bad({ controlPlaneLogs: ["audit"] }, "controlPlaneLogs must be absent", "there already"),
  bad({ controlPlaneMetrics: false }, "controlPlaneMetrics must be absent", "controlPlaneTargets"),
  bad({ nodeVcpuLimit: 32 }, "nodeVcpuLimit must be absent", "the cluster and its network"),
  bad({ tags: { team: "a" } }, "tags must be absent", "nothing is made in AWS"),
  bad({ clusterName: "other" }, "clusterName must be absent", "kubeContext names the cluster"),
  bad({ grafanaNodePort: 80 }, "grafanaNodePort must be a whole number from 30000 to 32767"),
  bad({ nodeAddress: "http://host:80/" }, "nodeAddress must be ", "nodeAddress host"),
  bad({ imageRegistry: "https://ghcr.io/team" }, "imageRegistry must be ", "ghcr.io/team"),
  bad({ nodeArchitecture: "riscv" }, "nodeArchitecture must be amd64 or arm64"),
  bad({ controlPlaneTargets: ["etcd"] }, "controlPlaneTargets must be a list, each item one of"),
  bad({ storageClass: "Fast" }, "storageClass must be ", "pulumi config set storageClass fast"),
  bad(
    { ingressClass: "nginx", grafanaNodePort: 30300 },
    "grafanaNodePort must be 0 where ingressClass is given",
  ),
  bad(
    { grafanaDomain: "grafana.example.com", grafanaNodePort: 30300 },
    "ingressClass must be the class of an ingress controller: without one grafanaDomain can do nothing",
  ),
  bad(
    { ingressAnnotations: { "cert-manager.io/cluster-issuer": "letsencrypt" } },
    "without one ingressAnnotations can do nothing",
  ),
  bad(
    { ingressClass: "nginx", ingressAnnotations: { "a b": "c" } },
    "ingressAnnotations must be an object, each name the name of an annotation",
  ),
  bad(
    { ingressClass: "nginx", grafanaTlsSecret: "Grafana" },
    "grafanaTlsSecret must be the name of a Secret",
    "grafanaTlsSecret must be absent without grafanaDomain",
  ),
  bad({ grafanaCertificateArn: "arn" }, "grafanaCertificateArn must be absent", "grafanaTlsSecret"),
  bad({ requireReceiver: true }, "receivers must be a list of one receiver", "on-call-url"),
  bad(
    { receivers: [{ name: "a", kind: "pager" }], receiverSecrets: {} },
    "receivers[0].kind must be one of slack, pagerduty, email, webhook; got",
  ),
  bad({ taskServiceReplicas: 3 }, "taskServiceReplicas must be 1 on a platform without DynamoDB"),
];
