import { type PriceSource, priceSources } from "./cloud/price-sources";
import { cents, type Charge } from "./cloud/prices";

/** All of one item in the monthly bill. */
export interface BillLine {
  readonly item: string;
  readonly count: number;
  readonly monthlyUsd: number;
  /** Where its price was read. */
  readonly sources: readonly PriceSource[];
  /** Key of the price list's entry, where it is known. */
  readonly sku?: string;
}

/** The bill by item, the dearest first. */
export function bill(charges: readonly Charge[]): BillLine[] {
  const lines = new Map<string, BillLine>();
  for (const { item, monthlyUsd, price, count = 1 } of charges) {
    const { sources, sku } = price;
    const before = lines.get(item) ?? { count: 0, monthlyUsd: 0 };
    lines.set(item, {
      item,
      count: before.count + count,
      monthlyUsd: cents(before.monthlyUsd + monthlyUsd),
      sources,
      ...(sku !== undefined && { sku }),
    });
  }
  return [...lines.values()].sort(
    (a, b) => b.monthlyUsd - a.monthlyUsd || (a.item < b.item ? -1 : 1),
  );
}

/** Where the price of a line was read, in words. */
export const readFrom = ({ sources, sku }: BillLine): string =>
  [
    ...sources.map((source) => priceSources[source].name),
    ...(sku === undefined ? [] : [`SKU ${sku}`]),
  ].join(", ");

/** Dollars of a month, to the cent. */
export const total = (charges: readonly Pick<Charge, "monthlyUsd">[]): number =>
  cents(charges.reduce((sum, { monthlyUsd }) => sum + monthlyUsd, 0));
