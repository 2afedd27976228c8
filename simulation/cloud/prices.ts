/** On-demand list prices in USD. None could be read from a price list here. */
export const PRICE_SOURCE = "assumed";

const HOURS_PER_MONTH = 730;

/** EKS Auto Mode's fee, as a share of the instance's on-demand price. */
export const AUTO_MODE_FEE = 0.12;

interface RegionPrices {
  /** EKS control plane in standard support, per hour. */
  readonly controlPlane: number;
  /** m6i.large (2 vCPU, 8 GiB), per hour. */
  readonly node: number;
  readonly natGatewayHour: number;
  readonly natGatewayGB: number;
  /** VPC endpoint of type Gateway, per hour; its traffic is free too. */
  readonly gatewayEndpoint: number;
  /** Public IPv4 address, per hour. */
  readonly publicIpv4: number;
  readonly loadBalancerHour: number;
  readonly loadBalancerLcuHour: number;
  /** EBS gp3, per GB and month. */
  readonly volumeGB: number;
  /** ECR, per GB and month. */
  readonly imageGB: number;
  /** DynamoDB on demand, per million requests. */
  readonly dynamoWrites: number;
  readonly dynamoReads: number;
}

const pricesByRegion: Readonly<Record<string, RegionPrices>> = {
  "us-east-1": {
    controlPlane: 0.1,
    node: 0.096,
    natGatewayHour: 0.045,
    natGatewayGB: 0.045,
    gatewayEndpoint: 0,
    publicIpv4: 0.005,
    loadBalancerHour: 0.0225,
    loadBalancerLcuHour: 0.008,
    volumeGB: 0.08,
    imageGB: 0.1,
    dynamoWrites: 0.625,
    dynamoReads: 0.125,
  },
  "ap-northeast-1": {
    controlPlane: 0.1,
    node: 0.124,
    natGatewayHour: 0.062,
    natGatewayGB: 0.062,
    gatewayEndpoint: 0,
    publicIpv4: 0.005,
    loadBalancerHour: 0.0243,
    loadBalancerLcuHour: 0.008,
    volumeGB: 0.096,
    imageGB: 0.1,
    dynamoWrites: 0.715,
    dynamoReads: 0.1425,
  },
};

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
  dynamoMillionWrites: 1,
  dynamoMillionReads: 5,
} as const;

/** One line of the bill. */
export interface Charge {
  /** What AWS calls it; lines of the same item are summed in the report. */
  readonly item: string;
  readonly monthlyUsd: number;
  /** How many of it. @default 1 */
  readonly count?: number;
}

export const hourly = (item: string, perHour: number, count = 1): Charge => ({
  item,
  monthlyUsd: perHour * HOURS_PER_MONTH * count,
  count,
});

/** One line of a monthly sum, to the cent. */
export const charge = (item: string, monthlyUsd: number): Charge => ({
  item,
  monthlyUsd: cents(monthlyUsd),
});

export const inCents = (line: Charge): Charge => ({ ...line, monthlyUsd: cents(line.monthlyUsd) });

/** Cents: what a bill shows, and what makes sums the same on every machine. */
export const cents = (usd: number): number => Math.round(usd * 100) / 100;
