/** How the numbers of one axis are written: all in the same multiple of the unit. */
export interface Scale {
  /** What a value is divided by. */
  readonly factor: number;
  /** After the number, with the space before it. */
  readonly suffix: string;
}

/** Multiples of Grafana's units, the largest first. */
const UNITS: Readonly<Record<string, readonly Scale[]>> = {
  percentunit: [{ factor: 0.01, suffix: " %" }],
  s: [
    { factor: 1, suffix: " s" },
    { factor: 1e-3, suffix: " ms" },
    { factor: 1e-6, suffix: " µs" },
  ],
  bytes: [
    { factor: 2 ** 30, suffix: " GiB" },
    { factor: 2 ** 20, suffix: " MiB" },
    { factor: 2 ** 10, suffix: " KiB" },
    { factor: 1, suffix: " B" },
  ],
  reqps: [{ factor: 1, suffix: " req/s" }],
  ops: [{ factor: 1, suffix: " /s" }],
  none: [{ factor: 1, suffix: "" }],
  short: [{ factor: 1, suffix: "" }],
};
const DIGITS = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });

/**
 * @param most the greatest number that is written so
 * @throws Error where the unit has no row here
 */
export function scaleOf(unit: string, most: number): Scale {
  const multiples = UNITS[unit];
  const size = most === 0 ? 1 : Math.abs(most);
  const fitting = multiples?.find(({ factor }) => factor <= size) ?? multiples?.at(-1);
  if (fitting) return fitting;
  const known = Object.keys(UNITS).join(", ");
  throw new Error(
    `a panel's unit must be ${known}; got ${unit}. Fix: a row for it in docs/pictures/unit.ts`,
  );
}

/** Such as "12.5 ms", of 0.0125 s. */
export const written = (value: number, { factor, suffix }: Scale): string =>
  `${DIGITS.format(value / factor)}${suffix}`;
