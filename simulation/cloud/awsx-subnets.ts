import * as ipaddr from "ipaddr.js";
import * as pulumi from "@pulumi/pulumi";
import { at, type Properties, textAt } from "../resource";

/** A subnet as awsx lays it out. */
export interface Subnet {
  readonly name: string;
  readonly zone: string;
  readonly cidrBlock: string;
  /** Public, Private or Isolated. */
  readonly type: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** One entry of `subnetSpecs`; both sizes may be missing. */
interface SubnetSpec {
  readonly type: string;
  readonly name?: string;
  readonly cidrMask?: number;
  /** Addresses, a power of two. */
  readonly size?: number;
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * Subnets in layout AutoMerge, zone by zone, each zone's public ones first: the order in which awsx
 * registers them. The arithmetic is `allocateSubnetCidrBlocks` and `mergeWithDefaultSubnetSpecs` of
 * awsx/ec2/subnetDistributorNew.ts (pulumi-awsx 3.9). A given spec without a size does not keep the
 * size of the default layout: it gets its share of the zone, as large as every other's.
 * @throws pulumi.RunError where the subnets do not fit
 */
export function subnetLayout(name: string, inputs: Properties): Subnet[] {
  const zones = at(inputs, "availabilityZoneNames") as readonly string[];
  const vpc = parse(textAt(inputs, "cidrBlock"));
  const zoneMask =
    (at(inputs, "availabilityZoneCidrMask") as number | undefined) ??
    vpc.mask + bitsFor(zones.length);
  const specs = mergedSpecs((at(inputs, "subnetSpecs") ?? []) as readonly SubnetSpec[], zoneMask);
  const ownShare = zoneMask + bitsFor(specs.length);
  const masks = specs.map(({ cidrMask }) => cidrMask ?? ownShare);
  const wanted = masks.reduce((total, mask) => total + size(mask), 0);
  if (wanted > size(zoneMask)) {
    throw new pulumi.RunError(
      `Subnets are too large for VPC. VPC has ${size(zoneMask)} addresses, but subnets require ${wanted} addresses.`,
    );
  }
  return zones.flatMap((zone, index) => {
    let next = vpc.first + index * size(zoneMask);
    const subnets = specs.map((spec, number) => {
      const mask = masks[number] ?? ownShare;
      const first = Math.ceil(next / size(mask)) * size(mask);
      next = first + size(mask);
      checkInside({ first, mask }, vpc, zone);
      return {
        name: `${name}-${spec.name ?? spec.type.toLowerCase()}-${index + 1}`,
        zone,
        cidrBlock: written(first, mask),
        type: spec.type,
        tags: spec.tags ?? {},
      };
    });
    return [...subnets].sort((a, b) => publicFirst(a) - publicFirst(b));
  });
}

interface Range {
  readonly first: number;
  readonly mask: number;
}

const DEFAULT_TYPES = ["Private", "Public"];

function mergedSpecs(given: readonly SubnetSpec[], zoneMask: number): readonly SubnetSpec[] {
  const largest = Math.max(zoneMask, 16);
  const isDefault = ({ name, type }: SubnetSpec) =>
    name === undefined && DEFAULT_TYPES.includes(type);
  const defaults = DEFAULT_TYPES.map((type, index): SubnetSpec => {
    const own = given.find((spec) => isDefault(spec) && spec.type === type);
    if (!own) return { type, cidrMask: largest + index + 1 };
    const { cidrMask = own.size && 32 - Math.log2(own.size), ...rest } = own;
    return { ...rest, ...(cidrMask && { cidrMask }) };
  });
  return [...defaults, ...given.filter((spec) => !isDefault(spec))];
}

/** awsx goes on after the last address of the VPC; AWS refuses such a subnet (InvalidSubnet.Range). */
function checkInside(subnet: Range, vpc: Range, zone: string): void {
  if (subnet.first + size(subnet.mask) <= vpc.first + size(vpc.mask)) return;
  throw new pulumi.RunError(
    `the subnets of zone ${zone} must be inside ${written(vpc.first, vpc.mask)}; ` +
      `got ${written(subnet.first, subnet.mask)}. ` +
      "Fix: use a larger availabilityZoneCidrMask, fewer zones or a larger cidrBlock",
  );
}

const publicFirst = ({ type }: Subnet): number => (type === "Public" ? 0 : 1);

const size = (mask: number): number => 2 ** (32 - mask);

const bitsFor = (count: number): number => Math.ceil(Math.log2(Math.max(count, 1)));

function parse(cidr: string): Range {
  const [base, mask] = ipaddr.IPv4.parseCIDR(cidr);
  return { first: base.toByteArray().reduce((sum, byte) => sum * 256 + byte, 0), mask };
}

function written(first: number, mask: number): string {
  const octets = [24, 16, 8, 0].map((bits) => Math.floor(first / 2 ** bits) % 256);
  return `${octets.join(".")}/${mask}`;
}
