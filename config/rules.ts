import * as ipaddr from "ipaddr.js";

/** What one value may be: the sentence for people, the test, and a value that passes. */
export interface Rule {
  readonly allowed: string;
  readonly test: (value: string) => boolean;
  readonly example: string;
  /** Whether the empty string is a value (an optional key). Default: no. */
  readonly optional?: true;
}

export const clusterName: Rule = {
  allowed: "1 to 40 letters, digits, - and _, beginning with a letter or digit",
  test: (value) => /^[0-9A-Za-z][0-9A-Za-z_-]{0,39}$/.test(value),
  example: "monitoring",
  optional: true,
};
export const zone = (region: string): Rule => ({
  allowed: `an availability zone of ${region} (no local zone)`,
  test: (value) =>
    region === "" || (value.startsWith(region) && /^[a-z]$/.test(value.slice(region.length))),
  example: `${region}a`,
});
export const vpcCidr: Rule = {
  allowed: "an IPv4 network from /16 to /20, its host bits zero",
  test: (value) => isNetwork(value, "ipv4", 16, 20),
  example: "10.0.0.0/16",
};
export const cidr: Rule = {
  allowed: "an IPv4 network in CIDR form, its host bits zero",
  test: (value) => isNetwork(value, "ipv4", 0, 32),
  example: "198.51.100.7/32",
};
export const roleArn: Rule = {
  allowed: "the ARN of an IAM role",
  test: (value) => /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(value),
  example: "arn:aws:iam::111122223333:role/platform-admin",
};
export const namespace: Rule = {
  allowed: "a namespace name: 1 to 63 lower-case letters, digits and -, not default and not kube-*",
  test: (value) =>
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(value) && !/^(default|kube-.*)$/.test(value),
  example: "prometheus",
};
export const size: Rule = {
  allowed: "a size as Prometheus writes it: a whole number with MiB, GiB or TiB",
  test: (value) => /^[1-9]\d*(Mi|Gi|Ti)B$/.test(value),
  example: "40GiB",
  optional: true,
};
export const scrapeInterval: Rule = {
  allowed: "5s to 2m (a series is stale after 5 minutes)",
  test: (value) => {
    const [, amount, unit] = /^(\d+)(s|m)$/.exec(value) ?? [];
    const seconds = Number(amount) * (unit === "m" ? 60 : 1);
    return seconds >= 5 && seconds <= 120;
  },
  example: "30s",
};
export const domain: Rule = {
  allowed: "a host name such as grafana.example.com, without https:// and without a path",
  test: (value) => /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/.test(value),
  example: "grafana.example.com",
  optional: true,
};
export const certificate = (region: string): Rule => ({
  allowed: `the ARN of an ACM certificate in ${region}`,
  test: (value) =>
    new RegExp(`^arn:aws[a-z-]*:acm:${region || "[a-z0-9-]+"}:\\d{12}:certificate/[\\w-]+$`).test(
      value,
    ),
  example: `arn:aws:acm:${region}:111122223333:certificate/0a1b2c3d`,
  optional: true,
});
export const address: Rule = {
  allowed: "an address with https:// and without a slash at its end",
  test: (value) => URL.canParse(value) && /^https:.*[^/]$/.test(value),
  example: "https://runbooks.example.com",
  optional: true,
};
export const image: Rule = {
  allowed: "an image with a tag other than latest, or with a digest",
  test: (value) => /^\S+(@sha256:[0-9a-f]{64}|:[\w.-]+)$/.test(value) && !value.endsWith(":latest"),
  example: "111122223333.dkr.ecr.ap-northeast-1.amazonaws.com/task-service:1.4.2",
  optional: true,
};

function isNetwork(
  value: string,
  kind: "ipv4" | "ipv6",
  shortest: number,
  longest: number,
): boolean {
  if (!ipaddr.isValidCIDR(value)) return false;
  const [address, prefix] = ipaddr.parseCIDR(value);
  if (address.kind() !== kind || prefix < shortest || prefix > longest) return false;
  return ipaddr.IPv4.networkAddressFromCIDR(value).toString() === address.toString();
}

/** Gibibytes in a size as sizeRule allows it; 0 for the empty string. */
export function gibibytes(size: string): number {
  const unit = { Mi: 1 / 1024, Gi: 1, Ti: 1024 }[size.slice(-3, -1)] ?? 0;
  return Number.parseInt(size, 10) * unit || 0;
}
