import * as ipaddr from "ipaddr.js";
import type { Fill } from "./commands";
import type { Rule } from "./rules";

/** The address of who runs the command. */
export const MY_ADDRESS: Fill = {
  value: "198.51.100.7/32",
  shell: '"$(curl -s https://checkip.amazonaws.com)/32"',
};

/** RFC 1918, which AWS' page "VPC CIDR blocks" recommends; awsx lays out IPv4 only. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
/** Docker's bridge: "Some AWS services use the 172.17.0.0/16 CIDR range. [...] don't use this range" (same page). */
const DOCKER = "172.17.0.0/16";

/**
 * Reserved ranges (RFC 6890) that reach no public endpoint. EKS: "The block cannot include reserved
 * addresses" (EKS User Guide, "Configure network access to cluster API server endpoint"). The
 * documentation ranges of RFC 5737 are left out: that page uses one as its example.
 */
const RESERVED = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/3",
];

export const cidr: Rule = {
  must: "an IPv4 network in CIDR form, its host bits zero",
  test: (value) => spanOf(value) !== undefined,
  example: MY_ADDRESS.value,
  meant: (value) => meantNetwork(value),
};

export const publicCidr: Rule = {
  must: "0.0.0.0/0 or a public IPv4 network in CIDR form, its host bits zero: EKS refuses reserved ranges",
  test: (value) => {
    const span = spanOf(value);
    if (value === "0.0.0.0/0" || span === undefined) return span !== undefined;
    return !RESERVED.some((reserved) => overlap(span, spanOf(reserved)));
  },
  example: MY_ADDRESS.value,
  meant: (value) => meantNetwork(value),
};

export const vpcCidr: Rule = {
  must: "an IPv4 network from /16 to /20 of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, its host bits zero, outside 172.17.0.0/16 (AWS services use that)",
  test: (value) => {
    const span = spanOf(value);
    if (span === undefined) return false;
    const bits = prefixOf(value);
    const isPrivate = PRIVATE.some((range) => within(span, spanOf(range)));
    return bits >= 16 && bits <= 20 && isPrivate && !overlap(span, spanOf(DOCKER));
  },
  example: "10.0.0.0/16",
  meant: (value) => meantNetwork(value),
};

/** How many addresses the networks hold together; one that is in two of them counts once. */
export function addressCount(networks: readonly string[]): number {
  const spans = networks.flatMap((network) => spanOf(network) ?? []);
  spans.sort((a, b) => a.first - b.first);
  let count = 0;
  let counted = -1;
  for (const { first, last } of spans) {
    if (last <= counted) continue;
    count += last - Math.max(first - 1, counted);
    counted = last;
  }
  return count;
}

/** Addresses as numbers, both ends included. */
interface Span {
  readonly first: number;
  readonly last: number;
}

/** @returns undefined where the text is no IPv4 network, or has host bits */
function spanOf(network: string): Span | undefined {
  if (!isFourPartCidr(network)) return undefined;
  const [address, bits] = ipaddr.IPv4.parseCIDR(network);
  const first = address.toByteArray().reduce((sum, byte) => sum * 256 + byte, 0);
  const size = 2 ** (32 - bits);
  return first % size === 0 ? { first, last: first + size - 1 } : undefined;
}

const prefixOf = (network: string): number => Number(network.split("/")[1]);

const overlap = (a: Span, b: Span | undefined): boolean =>
  b !== undefined && a.first <= b.last && b.first <= a.last;

const within = (inner: Span, outer: Span | undefined): boolean =>
  outer !== undefined && outer.first <= inner.first && inner.last <= outer.last;

/** IPv4 with all four numbers: the library also takes `10.1/16`, and AWS does not. */
const isFourPartCidr = (value: string): boolean =>
  ipaddr.IPv4.isValidCIDRFourPartDecimal(value) && ipaddr.IPv4.isValidCIDR(value);

/** One address becomes a network of one; host bits become zero. */
function meantNetwork(value: string): string | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(value)) return `${value}/32`;
  if (!isFourPartCidr(value)) return undefined;
  return `${ipaddr.IPv4.networkAddressFromCIDR(value).toString()}/${prefixOf(value)}`;
}
