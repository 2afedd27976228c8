import { readStackFiles } from "../../simulation/stack-files";
import { PROJECT, ROOT } from "../support/simulated";
import type { HandedConfig } from "../support/stack-config";

/** A secret in a stack file: encrypted where the CLI reads it, marked secret where a test does. */
export interface SecretValue {
  readonly secret: string;
}

/** Changes to the prod stack's file that make it wrong, and what has to be said. */
export interface BadConfiguration {
  /** @default prod */
  readonly stack?: string;
  /** Values as a stack file has them; undefined takes the key out. */
  readonly set: Readonly<Record<string, unknown>>;
  /** Parts of the message; for each problem at least the start of its sentence. */
  readonly told: readonly string[];
}

const bad = (key: string, value: unknown, ...told: string[]): BadConfiguration => ({
  set: { [key]: value },
  told: [`${key} must be `, ...told],
});

/** A list of receivers beside which prod's own is gone. */
const receivers = (list: readonly unknown[], ...told: string[]): BadConfiguration => ({
  set: { receivers: list },
  told,
});

const secret = (text: string): SecretValue => ({ secret: text });

const CERTIFICATE = "arn:aws:acm:ap-northeast-1:111122223333:certificate/0a1b2c3d";
const EMAIL = { name: "mail", kind: "email", to: "a@example.com", from: "b@example.com" };
const SLACK = { name: "chat", kind: "slack", channel: "#alerts" };
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** One value that is wrong by itself. */
const VALUES: readonly BadConfiguration[] = [
  bad("aws:region", "tokyo", "an AWS region", "pulumi config set aws:region ap-northeast-1"),
  bad("aws:region", undefined, "got nothing"),
  bad("aws:region", "ap-northeast-9", "pulumi config set aws:region ap-northeast-1"),
  bad("aws:region", null, "got nothing"),
  bad("clusterName", "-prod", "beginning with a letter or digit"),
  bad("clusterName", "a".repeat(41), "1 to 40 letters"),
  bad("clusterName", "null", 'got "null"'),
  bad("kubernetesVersion", "1.29", "1.35 or 1.34", "pulumi config set kubernetesVersion 1.35"),
  bad("kubernetesVersion", "1.35.2", "1.35 or 1.34"),
  bad("compute", "managed", "must be auto"),
  bad("availabilityZones", "ap-northeast-1a", "must be a list"),
  bad("availabilityZones", ["ap-northeast-1a"], "2 items or more", "availabilityZones[1]"),
  bad("availabilityZones", ["ap-northeast-1c"], "availabilityZones[1]' ap-northeast-1a"),
  bad("availabilityZones", ["ap-northeast-1a", "ap-northeast-1a"], "more than once"),
  bad(
    "availabilityZones",
    ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1a"],
    "without repetition",
  ),
  bad("availabilityZones", ["us-east-1a", "us-east-1b"], "an availability zone of ap-northeast-1"),
  bad("availabilityZones", ["ap-northeast-1-tpe-1a", "ap-northeast-1a"], "no local zone"),
  bad("availabilityZones", ["ap-northeast-1a", "ap-northeast-1z"], "a letter from a to f"),
  bad("availabilityZones", ["a", "b", "c"], "availabilityZones[2]' ap-northeast-1c"),
  bad("availabilityZones", ["ap-northeast-1x", "ap-northeast-1c"], "availabilityZones[0]"),
  bad("availabilityZones", [], "2 items or more"),
  bad("vpcCidr", "10.0.0.0", "an IPv4 network from /16 to /20"),
  bad("vpcCidr", "10.0.0.0/24", "from /16 to /20"),
  bad("vpcCidr", "10.0.0.0/99", "from /16 to /20"),
  bad("vpcCidr", "10.7.1.0/16", "its host bits zero", "pulumi config set vpcCidr 10.7.0.0/16"),
  bad("vpcCidr", "fd00::/16", "an IPv4 network"),
  bad("vpcCidr", "172.17.0.0/16", "outside 172.17.0.0/16"),
  bad("vpcCidr", "172.17.16.0/20", "outside 172.17.0.0/16"),
  bad("vpcCidr", "8.8.0.0/16", "10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"),
  bad("vpcCidr", "100.64.0.0/16", "10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"),
  bad("natGateways", "none", "single or per-zone"),
  bad("apiServerCidrs", [], "1 item or more", "checkip.amazonaws.com"),
  bad("apiServerCidrs", ["198.51.100.7"], "in CIDR form", "198.51.100.7/32"),
  bad("apiServerCidrs", ["10.0.0.0/8", "192.168.0.0/16"], "EKS refuses reserved ranges"),
  bad("apiServerCidrs", ["100.64.0.0/16", "203.0.113.0/24"], "EKS refuses reserved ranges"),
  bad("apiServerCidrs", ["0.0.0.0/1", "128.0.0.0/1"], "EKS refuses reserved ranges"),
  bad(
    "apiServerCidrs",
    numbers(45).map((n) => `203.0.113.${n}/32`),
    "40 items at most",
    "got 45",
  ),
  bad("adminRoleArns", ["platform-admin"], "the ARN of an IAM role"),
  bad("adminRoleArns", ["arn:aws:iam::111122223333:user/jo", "jo"], "the ARN of an IAM role"),
  bad("monitoringNamespace", "Prometheus", "lower-case letters"),
  bad("monitoringNamespace", "kube-system", "or kube-*"),
  bad("monitoringNamespace", null, "got nothing"),
  bad("serviceNamespace", "default", "not default"),
  bad("serviceNamespace", "prometheus", "other than monitoringNamespace"),
  bad("retentionDays", "a month", "a whole number from 31 to 3650"),
  bad("retentionDays", 0, "a whole number from 31 to 3650"),
  bad(
    "retentionDays",
    30,
    "(objectives are counted over 30 days)",
    "pulumi config set retentionDays 31",
  ),
  bad("retentionSize", "40Gi", "with MiB, GiB or TiB", "pulumi config set retentionSize 40GiB"),
  bad("retentionSize", "plenty", "a size as Prometheus writes it"),
  bad("retentionSize", "60GiB", "below 90 % of prometheusVolumeGiB (50)"),
  bad("retentionSize", "50GiB", "below 90 %"),
  bad("retentionSize", "45GiB", "below 90 %", "pulumi config rm retentionSize"),
  bad("persistence", "yes", "true or false", "pulumi config set persistence true"),
  bad("prometheusVolumeGiB", "60GiB", "a whole number", "set prometheusVolumeGiB 60"),
  bad("prometheusVolumeGiB", 5, "a whole number from 10 to 16384"),
  bad("alertmanagerVolumeGiB", -1, "a whole number from 1 to 1024"),
  bad("grafanaVolumeGiB", 1.5, "a whole number from 1 to 1024"),
  bad("prometheusReplicas", 4, "from 1 to 3", "pulumi config set prometheusReplicas 3"),
  bad("scrapeInterval", "30", "5s to 2m", "pulumi config set scrapeInterval 30s"),
  bad("scrapeInterval", "5m", "5s to 2m"),
  {
    set: { grafanaDomain: "https://Grafana.example.com/login" },
    told: [
      "grafanaDomain must be ",
      "pulumi config set grafanaDomain grafana.example.com",
      "grafanaCertificateArn must be the ARN of grafanaDomain's ACM certificate",
    ],
  },
  bad("grafanaCertificateArn", "grafana.pem", "the ARN of an ACM certificate in ap-northeast-1"),
  bad(
    "grafanaCertificateArn",
    CERTIFICATE.replace("ap-northeast-1", "us-east-1"),
    "ap-northeast-1",
  ),
  bad("grafanaAllowedCidrs", [], "over plain HTTP", "checkip.amazonaws.com"),
  bad("grafanaAllowedCidrs", undefined, "over plain HTTP"),
  bad("grafanaAllowedCidrs", ["0.0.0.0/0"], "together no more than a /8"),
  bad("grafanaAllowedCidrs", ["0.0.0.0/1", "128.0.0.0/1"], "got 4294967296 addresses"),
  bad(
    "grafanaAllowedCidrs",
    numbers(224).map((n) => `${n}.0.0.0/8`),
    "got 3758096384 addresses",
  ),
  bad("grafanaAllowedCidrs", ["203.0.113.300/32"], "in CIDR form"),
  bad("grafanaAllowedCidrs", ["198.51.100.9", "198.51.100.9/32"], "in CIDR form"),
  bad("grafanaAllowedCidrs", "203.0.113.0/24", "must be a list"),
  bad("requireReceiver", "no", "true or false", "pulumi config set requireReceiver false"),
  bad("runbookBaseUrl", "http://runbooks.example.com", "an address with https://"),
  bad("runbookBaseUrl", "https://runbooks.example.com/", "without a slash at its end"),
  bad("runbookBaseUrl", "https://jo:pa55word@runbooks.example.com", '"[hidden]@'),
  bad("runbookBaseUrl", "https://runbooks.example.com:99999", "an address with https://"),
  bad("taskServiceImage", "task-service", "a tag other than latest"),
  bad("taskServiceImage", "task-service:latest", "a tag other than latest"),
  bad("taskServiceImage", "registry.example.com:99999/task-service:1", "a tag other than latest"),
  bad("taskServiceReplicas", 0, "a whole number from 1 to 100"),
  bad("taskStore", "redis", "memory or dynamodb"),
  bad("taskStore", "memory", "dynamodb where taskServiceReplicas is more than 1 (3)"),
  bad("deletionProtection", "on", "true or false"),
];

/** Keys that nothing reads. */
const KEYS: readonly BadConfiguration[] = [
  bad("retentionDay", 31, "did you mean retentionDays?", "pulumi config rm retentionDay"),
  bad("colour", "blue", "one of the keys in docs/configuration.md; got"),
  bad("it's; a $(key)", "blue", `pulumi config rm 'it'\\''s; a $(key)'`),
  bad("aws:profile", "platform", "absent", "&& export AWS_PROFILE=platform"),
  bad("aws:skipMetadataApiCheck", "true", "Fix: pulumi config rm aws:skipMetadataApiCheck"),
  bad("aws:secretKey", "opaque-value", "got a value"),
];

const RECEIVERS: readonly BadConfiguration[] = [
  receivers([], "receivers must be a list of one receiver or more", "requireReceiver false"),
  receivers(["slack"], "receivers must be a list of objects"),
  receivers([{}], "receivers[0].name must be ", "receivers[0].kind must be "),
  receivers(
    [{ name: "a", kind: "fax", number: 12 }],
    "receivers[0].kind must be one of slack, pagerduty, sns, email, webhook",
    "receivers[0].number must be one of the fields name, kind, severities, topicArn, email",
  ),
  receivers(
    [{ ...SLACK, channel: "alerts" }],
    "receivers[0].channel must be a channel with its #",
    "'#alerts'",
    "receiverSecrets.chat-url must be the secret that receiver chat reads",
  ),
  receivers([{ ...SLACK, channel: 5 }], "receivers[0].channel must be ", "got 5"),
  receivers([SLACK], "receiverSecrets.chat-url must be "),
  receivers([{ name: "pager", kind: "pagerduty" }], "receiverSecrets.pager-routing-key must be "),
  receivers([{ name: "hook", kind: "webhook" }], "receiverSecrets.hook-url must be "),
  receivers([{ name: "a", kind: "sns", email: "me" }], "receivers[0].email must be an e-mail"),
  receivers([{ name: "a", kind: "sns", topicArn: "alerts" }], "receivers[0].topicArn must be the"),
  receivers([{ name: "a", kind: "sns" }], "receivers[0].email must be an e-mail", "got neither"),
  receivers(
    [
      {
        name: "a",
        kind: "sns",
        email: "a@example.com",
        topicArn: "arn:aws:sns:ap-northeast-1:111122223333:alerts",
      },
    ],
    "receivers[0].email must be absent where topicArn is given",
  ),
  receivers(
    [{ ...EMAIL, smarthost: "smtp" }],
    "receivers[0].smarthost must be host:port of an SMTP server",
  ),
  receivers([{ ...EMAIL, smarthost: "smtp.example.com:99999" }], "receivers[0].smarthost must be "),
  receivers(
    [{ ...EMAIL, smarthost: "smtp://jo:pa55word@smtp.example.com:587" }],
    "receivers[0].smarthost must be ",
    '[hidden]@smtp.example.com:587"',
    "smarthost' smtp.example.com:587",
  ),
  receivers(
    [{ ...EMAIL, smarthost: "smtp.example.com:587", username: "two words" }],
    "receivers[0].username must be ",
    "receiverSecrets.mail-password must be ",
  ),
  receivers([{ name: "a", kind: "email" }], "receivers[0].to must", "from must", "smarthost must"),
  receivers(
    [{ name: "a", kind: "sns", email: "a@example.com", severities: [] }],
    "receivers[0].severities must be a list of critical, warning or both",
  ),
  receivers(
    [{ name: "a", kind: "sns", email: "a@example.com", severities: ["page"] }],
    "receivers[0].severities must be ",
  ),
  receivers(
    [{ name: "a", kind: "sns", email: "a@example.com", severities: "critical" }],
    "receivers[0].severities must be ",
  ),
  receivers(
    [{ name: "a", kind: "sns", email: "a@example.com", severities: ["critical"] }],
    "receivers[0].severities must be a list with warning, which no receiver takes",
  ),
  receivers(
    [{ name: "a", kind: "sns", email: "a@example.com", "chan el.x": "#a" }],
    `receivers[0]["chan el.x"] must be one of the fields`,
  ),
  receivers(
    [{ name: "a", kind: "sns", email: "a@example.com", url: "https://hooks.example.com/pa55word" }],
    "receivers[0].url must be one of the fields",
  ),
  receivers(
    [
      { name: "a", kind: "sns", email: "a@example.com" },
      { name: "a", kind: "sns", email: "b@example.com" },
      { name: "a", kind: "sns", email: "c@example.com" },
    ],
    "receivers[1].name must be a name that no other receiver has",
    "receivers[2].name must be a name that no other receiver has",
  ),
  receivers([{ name: "null", kind: "sns", email: "a@example.com" }], "receivers[0].name must be "),
  receivers([{ name: 5, kind: "sns", email: "a@example.com" }], "receivers[0].name must be "),
  receivers(
    [{ ...SLACK, name: "My chat" }],
    "receivers[0].name must be ",
    "receiverSecrets.on-call-url must be ",
  ),
];

const SECRETS: readonly BadConfiguration[] = [
  {
    set: { receivers: [SLACK], receiverSecrets: { "chat-url": "opaque-value" } },
    told: ["receiverSecrets.chat-url must be a secret; got a value in clear"],
  },
  {
    set: { receivers: [SLACK], receiverSecrets: secret("opaque-value") },
    told: ["receiverSecrets must be an object", "receiverSecrets.chat-url must be "],
  },
  {
    set: { receivers: [SLACK], receiverSecrets: { "chat-url": secret("") } },
    told: ["receiverSecrets.chat-url must be a text that is not empty"],
  },
  {
    set: { receiverSecrets: { "chat-url": secret("opaque-value") } },
    told: ["receiverSecrets.chat-url must be one of none", "a secret that no receiver reads"],
  },
  {
    set: { receiverSecrets: { "chat url": "opaque-value" } },
    told: [`receiverSecrets["chat url"] must be a secret`, "a secret that no receiver reads"],
  },
  {
    set: {
      receivers: [{ name: "dead-mans-switch", kind: "sns", email: "a@example.com" }],
      receiverSecrets: { "dead-mans-switch-url": secret("https://hooks.example.com/1") },
    },
    told: ["receivers[0].name must be a name that no other receiver has"],
  },
  {
    set: {
      receivers: [{ ...SLACK, channel: secret("#alerts") }],
      receiverSecrets: { "chat-url": secret("https://hooks.example.com/1") },
    },
    told: ["receivers must be plain", "(secrets go into receiverSecrets); got a secret"],
  },
  {
    set: {
      receivers: [{ ...EMAIL, smarthost: "smtp.example.com:587", username: secret("jo") }],
      receiverSecrets: { "mail-password": secret("opaque-value") },
    },
    told: ["receivers must be plain"],
  },
  { set: { clusterName: secret("monitoring") }, told: ["clusterName must be plain"] },
  { set: { persistence: secret("true") }, told: ["persistence must be plain"] },
  { set: { retentionDays: secret("40") }, told: ["retentionDays must be plain"] },
  { set: { "aws:region": secret("ap-northeast-1") }, told: ["aws:region must be plain"] },
  {
    set: { availabilityZones: [secret("ap-northeast-1a"), "ap-northeast-1c"] },
    told: ["availabilityZones must be plain"],
  },
];

const COMBINED: readonly BadConfiguration[] = [
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
    set: { taskServiceReplicas: "many", taskStore: "memory" },
    told: ["taskServiceReplicas must be "],
  },
  {
    set: { taskServiceReplicas: 200, taskStore: "memory" },
    told: ["taskServiceReplicas must be ", "taskStore must be dynamodb"],
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

/** Stack names, with prod's configuration. */
const STACKS: readonly BadConfiguration[] = [
  ["Dev", "pulumi stack rename dev"],
  ["feature.x", "pulumi stack rename feature-x"],
  ["dev-", "pulumi stack rename dev"],
  ["a--b", "pulumi stack rename a-b"],
  ["a".repeat(50), `pulumi stack rename ${"a".repeat(36)}`],
  ["_", "pulumi stack rename prod"],
].map(([stack = "", rename = ""]) => ({
  stack,
  set: {},
  told: ["the stack's name must be 1 to 36 lower-case letters", rename],
}));

export const BAD_CONFIGURATIONS: readonly BadConfiguration[] = [
  ...VALUES,
  ...KEYS,
  ...RECEIVERS,
  ...SECRETS,
  ...COMBINED,
  ...STACKS,
];

/** Texts that stand in the table as secrets, or that may hold one: no message may show them. */
export const NEVER_SHOWN = ["opaque-value", "pa55word"];

export const isSecretValue = (value: unknown): value is SecretValue =>
  typeof value === "object" && value !== null && "secret" in value;

/** A title for a test. */
export const titleOf = ({ stack, set }: BadConfiguration): string => {
  const text = Object.entries(set)
    .map(([key, value]) => `${key} ${value === undefined ? "missing" : JSON.stringify(value)}`)
    .join(", ");
  const short = text.length > 90 ? `${text.slice(0, 87)}...` : text;
  return stack === undefined ? short : `a stack called ${stack}`;
};

const fullKey = (key: string): string => (key.includes(":") ? key : `${PROJECT}:${key}`);

/** Prod's configuration with changes, as the CLI hands it to the program. */
export function handed(changes: BadConfiguration["set"]): HandedConfig {
  const { config } = readStackFiles(ROOT, "prod");
  const changed = Object.entries(changes).map(([key, value]) => [fullKey(key), asText(value)]);
  const all = { ...config, ...(Object.fromEntries(changed) as Record<string, string | undefined>) };
  const kept = Object.entries(all).flatMap(([key, text]) =>
    text === undefined ? (key in DEFAULTS ? [[key, DEFAULTS[key]]] : []) : [[key, text]],
  );
  const secretKeys = Object.keys(changes)
    .filter((key) => holdsSecret(changes[key]))
    .map(fullKey);
  return { config: Object.fromEntries(kept) as Record<string, string>, secretKeys };
}

/** What the CLI takes where the stack's file does not have a key. */
const DEFAULTS: Readonly<Record<string, string>> = {
  [`${PROJECT}:grafanaAllowedCidrs`]: "[]",
};

const asText = (value: unknown): string | undefined => {
  if (value === undefined) return undefined;
  const opened = open(value);
  return opened === null ? "" : typeof opened === "string" ? opened : JSON.stringify(opened);
};

function open(value: unknown): unknown {
  if (isSecretValue(value)) return value.secret;
  if (Array.isArray(value)) return value.map(open);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, open(item)]));
}

const holdsSecret = (value: unknown): boolean =>
  isSecretValue(value) ||
  (typeof value === "object" && value !== null && Object.values(value).some(holdsSecret));
