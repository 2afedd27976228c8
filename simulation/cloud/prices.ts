import type { PriceSource } from "./price-sources";

const HOURS_PER_MONTH = 730;

/** An on-demand price, and where it was read. */
export interface Price {
  readonly usd: number;
  /** The copies of the price list that it was looked up in. */
  readonly sources: readonly PriceSource[];
  /** Key of the price list's entry. @default not known */
  readonly sku?: string;
}

const price = (usd: number, ...sources: readonly PriceSource[]): Price => ({ usd, sources });

interface RegionPrices {
  /** EKS control plane in standard support, per hour. */
  readonly controlPlane: Price;
  /** m6i.large and m6g.large (2 vCPU, 8 GiB), per hour. */
  readonly node: Readonly<Record<"amd64" | "arm64", Price>>;
  readonly natGatewayHour: Price;
  readonly natGatewayGB: Price;
  /** VPC endpoint of type Gateway, per hour; its traffic is free too. */
  readonly gatewayEndpoint: Price;
  /** Public IPv4 address, per hour. */
  readonly publicIpv4: Price;
  readonly loadBalancerHour: Price;
  readonly loadBalancerLcuHour: Price;
  /** EBS gp3, per GB and month. */
  readonly volumeGB: Price;
  /** ECR, per GB and month. */
  readonly imageGB: Price;
  /** DynamoDB on demand, per million requests. */
  readonly dynamoWrites: Price;
  readonly dynamoReads: Price;
  /** CloudWatch Logs of class Standard, per GB taken in. */
  readonly logGB: Price;
  /** AWS Budgets without actions, per budget and month. */
  readonly budget: Price;
  /** Amazon Managed Prometheus: 10 million samples, of the first 2 billion of a month and of those after. */
  readonly samples: Price;
  readonly moreSamples: Price;
}

const pricesByRegion: Readonly<Record<string, RegionPrices>> = {
  "us-east-1": {
    controlPlane: price(0.1, "infracost", "costModel"),
    node: {
      amd64: price(0.096, "karpenter", "skypilot"),
      arm64: price(0.077, "karpenter", "skypilot"),
    },
    natGatewayHour: price(0.045, "priceFile", "costModel"),
    natGatewayGB: price(0.045, "priceFile", "costModel"),
    gatewayEndpoint: price(0, "aws"),
    publicIpv4: price(0.005, "priceFile"),
    loadBalancerHour: price(0.0225, "priceFile"),
    loadBalancerLcuHour: price(0.008, "priceFile"),
    volumeGB: price(0.08, "cloudprice", "infracost"),
    imageGB: price(0.1, "priceFile", "costModel"),
    dynamoWrites: price(0.625, "infracost", "costModel"),
    dynamoReads: price(0.125, "infracost", "costModel"),
    logGB: price(0.5, "assumed"),
    budget: price(0, "assumed"),
    samples: price(0.9, "priceFile"),
    moreSamples: price(0.35, "irishStack"),
  },
  "ap-northeast-1": {
    controlPlane: price(0.1, "infracost", "costModel"),
    node: {
      amd64: price(0.124, "karpenter", "skypilot"),
      arm64: price(0.099, "karpenter", "skypilot"),
    },
    natGatewayHour: price(0.062, "priceFile", "costModel"),
    natGatewayGB: price(0.062, "priceFile", "costModel"),
    gatewayEndpoint: price(0, "aws"),
    publicIpv4: price(0.005, "priceFile"),
    loadBalancerHour: price(0.0243, "priceFile"),
    loadBalancerLcuHour: price(0.008, "priceFile"),
    volumeGB: { ...price(0.096, "cloudprice", "infracost"), sku: "C8Y3GJZBQTH8T5JV" },
    imageGB: price(0.1, "priceFile", "costModel"),
    dynamoWrites: price(0.715, "infracost", "costModel"),
    dynamoReads: price(0.1425, "infracost", "costModel"),
    logGB: price(0.76, "assumed"),
    budget: price(0, "assumed"),
    samples: price(0.9, "assumed"),
    moreSamples: price(0.35, "assumed"),
  },
};

/** Of a general purpose instance's on-demand price; other kinds have other shares. */
const AUTO_MODE_SHARE = 0.12;

/** EKS Auto Mode's fee per hour for a node of that price. */
export const autoModeFee = (node: Price): Price =>
  price(node.usd * AUTO_MODE_SHARE, ...new Set([...node.sources, "costModel" as const]));

/** Where there is no price for a region, us-east-1's stands in; `priceRegion` says so. */
export const priceRegion = (region: string): string =>
  region in pricesByRegion ? region : "us-east-1";

export function prices(region: string): RegionPrices {
  const found = pricesByRegion[priceRegion(region)];
  if (!found) throw new Error(`no prices for ${region}`);
  return found;
}

/** Traffic of a month, which nobody knows beforehand. Printed with the total. */
export const traffic = {
  /** Images of other registries as nodes are replaced, and calls of AWS; S3 and DynamoDB have ways of their own. */
  natGB: 20,
  loadBalancerLcu: 1,
  imageGB: 0.5,
  /** Of the control plane, audit among them, in a small cluster. */
  logGB: 10,
  dynamoMillionWrites: 1,
  dynamoMillionReads: 5,
} as const;

/** Samples of a month that Amazon Managed Prometheus takes for nothing, and those at the first price. */
const FREE_SAMPLES = 40e6;
const FIRST_SAMPLES = 2e9;

/** A month's samples in Amazon Managed Prometheus. */
export function sampleCharges(region: string, samples: number): Charge[] {
  const { samples: first, moreSamples } = prices(region);
  const atFirst = Math.max(Math.min(samples, FIRST_SAMPLES) - FREE_SAMPLES, 0);
  const more = Math.max(samples - FIRST_SAMPLES, 0);
  return [
    monthly("Managed Prometheus samples", first, atFirst / 10e6),
    ...(more > 0
      ? [monthly("Managed Prometheus samples over 2 billion", moreSamples, more / 10e6)]
      : []),
  ].map(inCents);
}

/** One line of the bill. */
export interface Charge {
  /** What AWS calls it; lines of the same item are summed in the report. */
  readonly item: string;
  readonly monthlyUsd: number;
  readonly price: Price;
  /** How many of it. @default 1 */
  readonly count?: number;
}

export const hourly = (item: string, perHour: Price, count = 1): Charge => ({
  item,
  monthlyUsd: perHour.usd * HOURS_PER_MONTH * count,
  price: perHour,
  count,
});

/** @param quantity in the price's unit, such as gigabytes that are kept for the month */
export const monthly = (item: string, perUnit: Price, quantity: number): Charge => ({
  item,
  monthlyUsd: perUnit.usd * quantity,
  price: perUnit,
});

export const inCents = (line: Charge): Charge => ({ ...line, monthlyUsd: cents(line.monthlyUsd) });

/** Cents: what a bill shows, and what makes sums the same on every machine. */
export const cents = (usd: number): number => Math.round(usd * 100) / 100;
