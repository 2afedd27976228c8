const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** @throws Error where it is no quantity as claims have it */
export function bytes(quantity: string): number {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)(k|M|G|T|Ki|Mi|Gi|Ti)?$/.exec(quantity) ?? [];
  const factor = UNITS[unit];
  if (amount === undefined || factor === undefined) {
    throw new Error(`${quantity} is no quantity that can be read here, such as 50Gi`);
  }
  return Number(amount) * factor;
}
