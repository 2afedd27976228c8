import { PROJECT_NAME } from "../support/simulated";
import type { BadConfiguration } from "./bad-configuration";

const CERTIFICATE = "arn:aws:acm:ap-northeast-1:111122223333:certificate/0a1b2c3d";

export const COMBINED: readonly BadConfiguration[] = [
  {
    set: { natGateways: "none", retentionDays: "x", taskStore: "y" },
    told: ["natGateways must be ", "retentionDays must be ", "taskStore must be "],
  },
  {
    set: { grafanaDomain: "grafana.example.com" },
    told: ["grafanaCertificateArn must be the ARN of grafanaDomain's ACM certificate"],
  },
  {
    set: { grafanaCertificateArn: CERTIFICATE },
    told: ["grafanaDomain must be the host name that grafanaCertificateArn is for"],
  },
  {
    set: { otlpReceiver: true, prometheusReplicas: 2 },
    told: [
      "otlpReceiver must be false with prometheusReplicas above 1 (2): what is sent reaches one replica",
      "pulumi config rm otlpReceiver",
    ],
  },
  {
    set: { persistence: false, grafanaPersistence: true },
    told: ["grafanaPersistence must be false where persistence is"],
  },
  {
    set: { hostedZone: "example.com" },
    told: [
      "grafanaDomain must be a name in hostedZone: example.com itself, or one that ends with .example.com; got nothing",
      "pulumi config set grafanaDomain grafana.example.com",
    ],
  },
  {
    // It ends with the zone's letters, and is no name in it.
    set: { grafanaDomain: "grafana.myexample.com", hostedZone: "example.com" },
    told: ["grafanaDomain must be a name in hostedZone: example.com itself, or one that ends with"],
  },
  {
    set: {
      grafanaDomain: "grafana.example.com",
      hostedZone: "example.com",
      grafanaCertificateArn: CERTIFICATE,
    },
    told: [
      "grafanaCertificateArn must be absent with hostedZone",
      "pulumi config rm grafanaCertificateArn",
    ],
  },
  {
    set: { grafanaDomain: `${"a".repeat(60)}.example.com`, hostedZone: "example.com" },
    told: ["grafanaDomain must be 64 characters at most with hostedZone", "got 72 characters"],
  },
  {
    set: { grafanaDomain: "a.example", hostedZone: `${"z".repeat(57)}.com` },
    told: [`grafanaDomain must be a name in hostedZone`, `set grafanaDomain ${"z".repeat(57)}.com`],
  },
  {
    set: { persistence: false, retentionSize: "500GiB" },
    told: ["retentionSize must be 40GiB at most without persistence"],
  },
  {
    set: { "aws:region": "us-west2", availabilityZones: ["us-west-2a", "us-west-2b"] },
    told: ["aws:region must be ", "pulumi config set aws:region us-west-2"],
  },
  {
    set: { "aws:region": undefined, availabilityZones: ["eu-west-1a", "eu-west-1b"] },
    told: ["aws:region must be ", "pulumi config set aws:region eu-west-1"],
  },
  {
    set: { "aws:region": "us-east-1", availabilityZones: ["ap-northeast-1a", "x"] },
    told: ["availabilityZones must be "],
  },
  {
    set: { monitoringNamespace: "prod", serviceNamespace: "Prod" },
    told: ["serviceNamespace must be a namespace name", "other than monitoringNamespace"],
  },
  {
    set: { monitoringNamespace: "monitoring", serviceNamespace: "monitoring" },
    told: ["serviceNamespace must be a namespace other than monitoringNamespace"],
  },
  {
    set: { monitoringNamespace: "monitoring", serviceNamespace: "monitoring-node-exporter" },
    told: ["serviceNamespace must be a namespace other than monitoringNamespace"],
  },
  {
    set: { taskServiceReplicas: "many", taskStore: "memory" },
    told: ["taskServiceReplicas must be "],
  },
  {
    set: { taskServiceReplicas: 200, taskStore: "memory" },
    told: ["taskServiceReplicas must be ", "taskStore must be dynamodb"],
  },
  {
    set: { taskServiceReplicas: 1, taskStore: "memory", taskServiceRequestsPerSecond: 50 },
    told: [
      "taskStore must be dynamodb with taskServiceRequestsPerSecond",
      "pulumi config set taskStore dynamodb",
    ],
  },
  {
    set: { taskServiceRequestsPerSecond: 50, scrapeInterval: "1m" },
    told: [
      "scrapeInterval must be 30s at most with taskServiceRequestsPerSecond",
      "pulumi config set scrapeInterval 30s",
    ],
  },
  {
    set: { taskServiceRequestsPerSecond: 50, kedaNamespace: "prod" },
    told: ["kedaNamespace must be a namespace of its own", "pulumi config set kedaNamespace keda"],
  },
  {
    set: { taskServiceRequestsPerSecond: 50, kedaNamespace: "keda", monitoringNamespace: "keda" },
    told: ["kedaNamespace must be a namespace of its own", "set kedaNamespace autoscaling"],
  },
  {
    set: {
      "aws:region": "tokyo",
      availabilityZones: ["a", "a", "1"],
      apiServerCidrs: ["me", "you"],
      grafanaAllowedCidrs: ["anybody", "0.0.0.0/0"],
      receivers: [{ name: "x y", kind: "slack" }, { kind: "email", to: "a" }, { kind: "pager" }],
      receiverSecrets: { "x-url": "opaque-value" },
      persistence: "no",
      retentionSize: "900GB",
      prometheusReplicas: 0,
      typo: 1,
    },
    told: ["availabilityZones must be ", "receivers[2].kind must be ", "typo must be "],
  },
];

/** Names of project and stack have 50 characters together. */
const LONGEST = 50 - PROJECT_NAME.length;

/** Stack names, with prod's configuration. */
export const STACKS: readonly BadConfiguration[] = [
  ["Dev", "pulumi stack rename dev"],
  ["feature.x", "pulumi stack rename feature-x"],
  ["dev-", "pulumi stack rename dev"],
  ["a--b", "pulumi stack rename a-b"],
  ["a".repeat(50), `pulumi stack rename ${"a".repeat(LONGEST)}`],
  ["_", "pulumi stack rename prod"],
].map(([stack = "", rename = ""]) => ({
  stack,
  set: {},
  told: [`the stack's name must be 1 to ${LONGEST} lower-case letters`, rename],
}));
