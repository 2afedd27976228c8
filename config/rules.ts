import { isLogType, LOG_TYPES } from "../components/cluster/log-types";
import { CONTROL_PLANE_TARGETS, isControlPlaneTarget } from "../components/platform";

/** What one value may be. */
export interface Rule {
  /** Ends the sentence "KEY must be ...". */
  readonly must: string;
  readonly test: (value: string) => boolean;
  /** A value that passes. */
  readonly example: string;
  /** Ends "got ...". @default the value itself */
  readonly got?: (value: string) => string;
  /** What a wrong value was probably meant to be; used only if it passes. */
  readonly meant?: (value: string) => string | undefined;
}

/** A rule, or one that depends on the stack's region. */
export type RegionalRule = Rule | ((region: string) => Rule);

export const ruleFor = (rule: RegionalRule, region: string): Rule =>
  typeof rule === "function" ? rule(region) : rule;

/** What a wrong value was probably meant to be, if that passes. */
export function meantBy(rule: Rule, text: string): string | undefined {
  const meant = rule.meant?.(text);
  return meant !== undefined && rule.test(meant) ? meant : undefined;
}

/** EKS allows 100 characters; roles and topics are named after the cluster, and IAM allows them 64. */
export const clusterName: Rule = {
  must: "1 to 40 letters, digits, - and _, beginning with a letter or digit",
  test: (value) => /^[0-9A-Za-z][0-9A-Za-z_-]{0,39}$/.test(value),
  example: "monitoring",
};
export const roleArn: Rule = {
  must: "the ARN of an IAM role",
  test: (value) => /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(value),
  example: "arn:aws:iam::111122223333:role/platform-admin",
};
/** RFC 1123 labels; the namespaces of Kubernetes itself are not for a chart. */
export const namespace: Rule = {
  must: "a namespace name: 1 to 63 lower-case letters, digits and -, not default, null or kube-*",
  test: (value) =>
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(value) && !/^(default|null|kube-.*)$/.test(value),
  example: "monitoring",
  meant: (value) => value.toLowerCase(),
};
/** Leaves letters for that of node-exporter (components/monitoring-stack/namespaces.ts). */
export const monitoringNamespace: Rule = {
  ...namespace,
  must: "a namespace name: 1 to 49 lower-case letters, digits and -, not default, null or kube-*",
  test: (value) => namespace.test(value) && value.length <= 49,
};
/** Prometheus' own units; it also takes decimal ones, which are left out so that one volume has one unit. */
export const size: Rule = {
  must: "a size as Prometheus writes it: a whole number with MiB, GiB or TiB",
  test: (value) => /^[1-9]\d*(Mi|Gi|Ti)B$/.test(value),
  example: "40GiB",
  meant: (value) => `${value.replace(/B$/, "").replace(/([MGT])$/, "$1i")}B`,
};
/** Prometheus takes a series for gone after 5 minutes without a sample. */
export const scrapeInterval: Rule = {
  must: "5s to 2m (Prometheus forgets a series after 5 minutes)",
  test: (value) => {
    const [, amount, unit] = /^(\d+)(s|m)$/.exec(value) ?? [];
    const seconds = Number(amount) * (unit === "m" ? 60 : 1);
    return seconds >= 5 && seconds <= 120;
  },
  example: "30s",
  meant: (value) => (/^\d+$/.test(value) ? `${value}s` : undefined),
};
export const domain: Rule = {
  must: "a host name such as grafana.example.com, without https:// and without a path",
  test: (value) => /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/.test(value),
  example: "grafana.example.com",
  meant: (value) => value.toLowerCase().replace(/^https?:\/\/|\/.*$/g, ""),
};
/** ACM's limit for a certificate's first name: a common name has 64 characters (RFC 5280). */
export const MOST_CERTIFIED_LETTERS = 64;
export const hostedZone: Rule = {
  must: `the name of a public Route 53 zone such as example.com, of ${MOST_CERTIFIED_LETTERS} characters at most`,
  test: (value) => domain.test(value) && value.length <= MOST_CERTIFIED_LETTERS,
  example: "example.com",
  meant: (value) => domain.meant?.(value)?.replace(/\.$/, ""),
};
export const certificate = (region: string): Rule => ({
  must: `the ARN of an ACM certificate in ${region}`,
  test: (value) =>
    new RegExp(`^arn:aws[a-z-]*:acm:${region}:\\d{12}:certificate/[\\w-]+$`).test(value),
  example: `arn:aws:acm:${region}:111122223333:certificate/0a1b2c3d`,
});
export const address: Rule = {
  must: "an address with https://, without user and password, query and fragment, and without a slash at its end",
  test: (value) =>
    /^https:\/\/[^\s?#]*[^\s?#/]$/.test(value) && URL.canParse(value) && !hasLogin(value),
  example: "https://runbooks.example.com",
  meant: (value) =>
    hasLogin(value)
      ? undefined
      : value
          .replace(/^http:/, "https:")
          .replace(/[?#].*$/, "")
          .replace(/\/+$/, ""),
};
export const image: Rule = {
  must: "an image, in lower case, with a tag other than latest or with a digest",
  // https://github.com/distribution/reference: a host may have capitals, a repository may not.
  test: (value) =>
    /^([\w.-]+(:\d+)?\/)?[a-z0-9._-]+(\/[a-z0-9._-]+)*((:[\w.-]+)?@sha256:[0-9a-f]{64}|:[\w.-]+)$/.test(
      value,
    ) &&
    !value.endsWith(":latest") &&
    isPort(/^[^/]+:(\d+)\//.exec(value)?.[1] ?? "1"),
  example: "111122223333.dkr.ecr.ap-northeast-1.amazonaws.com/task-service:1.4.2",
};

/** Kubernetes does not say what a context may be called; clouds use ARNs and addresses. */
export const kubeContext: Rule = {
  must: "a name that kubectl config get-contexts shows, without spaces and quotes",
  test: (value) => /^[^\s'"`\\$]{1,253}$/.test(value),
  example: "kind-monitoring",
};
/** RFC 1123 subdomains, as names of classes and Secrets are. */
const subdomain = (value: string): boolean => /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(value);
export const className: Rule = {
  must: "the name of a class: 1 to 253 lower-case letters, digits, - and dots",
  test: subdomain,
  example: "nginx",
  meant: (value) => value.toLowerCase(),
};
export const secretName: Rule = {
  must: "the name of a Secret: 1 to 253 lower-case letters, digits, - and dots",
  test: subdomain,
  example: "grafana-tls",
  meant: (value) => value.toLowerCase(),
};
export const annotationName: Rule = {
  must: "the name of an annotation, such as cert-manager.io/cluster-issuer",
  test: (value) =>
    /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/.test(value),
  example: "cert-manager.io/cluster-issuer",
};
export const annotationValue: Rule = {
  must: "a text that is not empty",
  test: (value) => value.trim() !== "",
  example: "letsencrypt",
};
export const hostOrAddress: Rule = {
  must: "a host name or an IPv4 address, without http:// and without a port",
  test: (value) => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(value),
  example: "localhost",
  meant: (value) => value.toLowerCase().replace(/^https?:\/\/|[:/].*$/g, ""),
};
export const registry: Rule = {
  must: "a registry, with a path where it has one, such as localhost:5001 or ghcr.io/team, without https:// and without a tag",
  test: (value) =>
    /^[\w.-]+(:\d+)?(\/[a-z0-9._-]+)*$/.test(value) &&
    isPort(/^[^/]+:(\d+)/.exec(value)?.[1] ?? "1"),
  example: "localhost:5001",
  meant: (value) => value.replace(/^https?:\/\/|\/+$/g, ""),
};
export const controlPlaneTarget: Rule = {
  must: `one of ${CONTROL_PLANE_TARGETS.join(", ")}`,
  test: isControlPlaneTarget,
  example: "coreDns",
};
export const logType: Rule = {
  must: `one of ${LOG_TYPES.join(", ")}`,
  test: isLogType,
  example: "audit",
};
/** Names become keys of secrets, names of topics and Alertmanager's receivers; its chart has one called null. */
export const receiverName: Rule = {
  must: "1 to 40 lower-case letters, digits and -, beginning with a letter or digit, and not null",
  test: (value) => /^(?!null$)[a-z0-9][a-z0-9-]{0,39}$/.test(value),
  example: "on-call",
};
export const channel: Rule = {
  must: "a channel with its #, and no address (addresses of webhooks are secrets: receiverSecrets)",
  test: (value) => /^#[^\s/:#]+$/.test(value),
  example: "#alerts",
  meant: (value) => `#${value.replace(/^#+/, "")}`,
};
export const mail: Rule = {
  must: "an e-mail address",
  test: (value) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value),
  example: "you@example.com",
};
export const topicArn: Rule = {
  must: "the ARN of an SNS topic",
  test: (value) => /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+$/.test(value),
  example: "arn:aws:sns:ap-northeast-1:111122223333:alerts",
};
export const smarthost: Rule = {
  must: "host:port of an SMTP server, without user and password (those go into username and receiverSecrets)",
  test: (value) => /^[\w.-]+:\d+$/.test(value) && isPort(value.split(":")[1] ?? ""),
  example: "smtp.example.com:587",
  meant: (value) => value.replace(/^.*@/, "").replace(/^[a-z]+:\/\/|\/.*$/g, ""),
};
export const username: Rule = {
  must: "a user name without spaces",
  test: (value) => /^\S+$/.test(value),
  example: "alertmanager",
};

export const clientId: Rule = {
  must: "the client id that the provider gave Grafana, without spaces",
  test: (value) => /^[^\s"'`$;#]{1,255}$/.test(value),
  example: "grafana",
};
export const providerName: Rule = {
  must: "1 to 40 letters, digits, spaces, - and dots",
  test: (value) => /^[\w][\w .-]{0,39}$/.test(value),
  example: "Company login",
};
export const scope: Rule = {
  must: "a scope, without spaces",
  test: (value) => /^[\w:./-]+$/.test(value),
  example: "groups",
};
/** Goes into a JMESPath as it is. */
export const groupsPath: Rule = {
  must: 'the JMESPath of a list of groups, such as groups, resource_access.grafana.roles or "cognito:groups"',
  test: (value) => /^("[\w:./-]+"|[A-Za-z_]\w*)(\.("[\w:./-]+"|[A-Za-z_]\w*))*$/.test(value),
  example: "groups",
};
/** Goes into a JMESPath between single quotes, and into an ini file. */
export const group: Rule = {
  must: "the name or id of a group: letters, digits, spaces and . : @ / + -",
  test: (value) => /^[\p{L}\d_.:@/+-]([\p{L}\d_ .:@/+-]*[\p{L}\d_.:@/+-])?$/u.test(value),
  example: "platform",
};
export const mailDomain: Rule = {
  must: "the domain of e-mail addresses, such as example.com, without @",
  test: domain.test,
  example: "example.com",
  meant: (value) => value.toLowerCase().replace(/^.*@/, ""),
};

/** Whether an address is that of a Service of the cluster. */
export const isInCluster = (address: string): boolean =>
  URL.canParse(address) && /\.svc(\.cluster\.local)?$/.test(new URL(address).hostname);
export const remoteWriteUrl: Rule = {
  must: "the address of a remote write, with https:// (http:// to a Service of the cluster, at <service>.<namespace>.svc), without user and password and without a query",
  test: (value) =>
    /^https?:\/\/[^\s?#]+$/.test(value) &&
    URL.canParse(value) &&
    !hasLogin(value) &&
    (value.startsWith("https:") || isInCluster(value)),
  example: "https://mimir.example.com/api/v1/push",
  meant: (value) => (hasLogin(value) ? undefined : value.replace(/^http:/, "https:")),
};
/** Goes into a regular expression of Prometheus, which are whole ones: what JavaScript's and RE2 have in common. */
export const metricPattern: Rule = {
  must: "the name of a metric, or a regular expression of whole names such as orders_.+",
  test: (value) =>
    /^[a-zA-Z_:([][\w:.*+?()|[\]^-]*$/.test(value) && !value.includes("(?") && isPattern(value),
  example: "orders_total",
};

/** Gibibytes in a size as the rule `size` allows it; 0 for the empty string. */
export function gibibytes(text: string): number {
  const unit = { Mi: 1 / 1024, Gi: 1, Ti: 1024 }[text.slice(-3, -1)] ?? 0;
  return Number.parseInt(text, 10) * unit || 0;
}

const isPort = (text: string): boolean => Number(text) >= 1 && Number(text) <= 65535;

function isPattern(text: string): boolean {
  try {
    new RegExp(`^(?:${text})$`);
    return true;
  } catch {
    return false;
  }
}

const hasLogin = (address: string): boolean =>
  URL.canParse(address) && new URL(address).username + new URL(address).password !== "";
