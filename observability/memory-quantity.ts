const FACTORS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
};

/**
 * Bytes of a Kubernetes memory quantity, such as "256Mi".
 * @throws Error when it is none, or of a size that no pod has
 */
export function memoryBytes(quantity: string): number {
  const [, number = "", suffix = ""] = /^(\d+(?:\.\d+)?)(k|M|G|Ki|Mi|Gi)?$/.exec(quantity) ?? [];
  const bytes = Number(number) * (FACTORS[suffix] ?? 0);
  if (bytes > 0) return Math.round(bytes);
  throw new Error(
    `memoryLimit must be a number with k, M, G, Ki, Mi or Gi behind it; got ${JSON.stringify(quantity)}. Fix: memoryLimit: "256Mi"`,
  );
}
