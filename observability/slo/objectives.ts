/** Objectives of a service over the last 30 days. At least one of the two. */
export interface Slo {
  /** Percent of requests answered without a 5xx, such as 99.9. @default no availability objective */
  readonly availability?: number;
  /** Percent of requests (5xx aside) answered within `seconds`. @default no latency objective */
  readonly latency?: { readonly percent: number; readonly seconds: number };
}

/** One objective, in the form that rules and panels work with. */
export interface Objective {
  readonly slo: "availability" | "latency";
  /** Share of good requests, 0 to 1. */
  readonly ratio: number;
  /** Share of requests that may be bad, 0 to 1. */
  readonly budget: number;
  /** Upper bound of the histogram's bucket; latency only. */
  readonly seconds?: number;
}

/** Two windows that must both burn the budget `factor` times too fast before anyone is told. */
export interface BurnWindow {
  readonly severity: "critical" | "warning";
  readonly long: Window;
  /** A twelfth of `long`: the alert ends that soon after the errors do. */
  readonly short: Window;
  /** Burn rate: share of the 30-day budget spent in `long`, times 30 days, over `long`. */
  readonly factor: number;
}

export type Window = "5m" | "30m" | "1h" | "2h" | "6h" | "1d" | "3d";

/** Days that the error budget is counted over. */
export const SLO_PERIOD_DAYS = 30;

/** The window and one day more, because Prometheus may already have dropped the oldest blocks. */
const LEAST_RETENTION_DAYS = SLO_PERIOD_DAYS + 1;

/**
 * 2 %, 5 %, 10 % and 10 % of the 30-day budget: the table of the SRE Workbook, chapter 5,
 * "Multiwindow, Multi-Burn-Rate Alerts".
 */
export const BURN_WINDOWS: readonly BurnWindow[] = [
  { severity: "critical", long: "1h", short: "5m", factor: 14.4 },
  { severity: "critical", long: "6h", short: "30m", factor: 6 },
  { severity: "warning", long: "1d", short: "2h", factor: 3 },
  { severity: "warning", long: "3d", short: "6h", factor: 1 },
];

/**
 * How long one of a severity's pairs of windows must burn before anybody is told, as in kubernetes-mixin's
 * config.libsonnet for the first of each; the windows of hours need no more. A page goes on for 15 minutes, so
 * that errors which come and go wake somebody once.
 */
export const BURN_TIMES: Readonly<
  Record<BurnWindow["severity"], { readonly for: string; readonly keepFiringFor?: string }>
> = {
  critical: { for: "2m", keepFiringFor: "15m" },
  warning: { for: "1h" },
};

export const WINDOW_SECONDS: Readonly<Record<Window, number>> = {
  "5m": 300,
  "30m": 1800,
  "1h": 3600,
  "2h": 7200,
  "6h": 21_600,
  "1d": 86_400,
  "3d": 259_200,
};

/**
 * The objectives of `slo`, checked.
 * @param service named in the error
 * @param buckets upper bounds in seconds of the service's histogram of requests
 * @param bucketsFix what makes the service export buckets, where it has none
 * @throws Error with a sentence for each thing that is wrong: what it must be, what it is, the fix
 */
export function objectives(
  service: string,
  slo: Slo,
  buckets: readonly number[],
  bucketsFix = "name them in metrics.buckets",
): Objective[] {
  const { availability, latency } = slo;
  const problems = [
    ...(availability === undefined ? [] : percentProblems("slo.availability", availability)),
    ...(latency === undefined ? [] : percentProblems("slo.latency.percent", latency.percent)),
    ...(latency === undefined ? [] : secondsProblems(latency.seconds, buckets, bucketsFix)),
    ...(availability === undefined && latency === undefined
      ? [
          "slo must have availability, latency or both; got neither. Fix: slo: { availability: 99.9 }, or leave slo out.",
        ]
      : []),
  ];
  if (problems.length > 0) throw new Error(`${service}: ${problems.join(" ")}`);
  return [
    ...(availability === undefined ? [] : [objective("availability", availability)]),
    ...(latency === undefined
      ? []
      : [{ ...objective("latency", latency.percent), seconds: latency.seconds }]),
  ];
}

/**
 * @param retentionDays how long Prometheus keeps samples
 * @returns why a 30-day objective cannot be kept with it, or undefined where it can
 */
export function retentionProblem(retentionDays: number): string | undefined {
  if (retentionDays >= LEAST_RETENTION_DAYS) return undefined;
  return (
    `retentionDays must be ${LEAST_RETENTION_DAYS} or more, because the error budget of slo is counted ` +
    `over ${SLO_PERIOD_DAYS} days; got ${retentionDays}. ` +
    `Fix: pulumi config set retentionDays ${LEAST_RETENTION_DAYS}`
  );
}

function objective(slo: Objective["slo"], percent: number): Objective {
  // 1 - 0.999 is 0.0010000000000000009; nobody wants to read that in a rule.
  const budget = Number((1 - percent / 100).toPrecision(10));
  return { slo, ratio: Number((percent / 100).toPrecision(10)), budget };
}

/** The highest burn rate, 14.4, of a budget above 1 / 14.4 is an error ratio above 1: it never fires. */
function percentProblems(name: string, percent: number): string[] {
  const highest = Math.max(...BURN_WINDOWS.map(({ factor }) => factor));
  const least = Math.ceil((1 - 1 / highest) * 1000) / 10;
  if (percent >= least && percent < 100) return [];
  const why =
    percent >= 100
      ? "100 leaves no error budget to alert on"
      : `below it an alert on a burn rate of ${highest} could never fire`;
  return [
    `${name} must be a percentage from ${least} to below 100 (${why}); got ${percent}. Fix: set it to 99.9.`,
  ];
}

function secondsProblems(
  seconds: number,
  buckets: readonly number[],
  bucketsFix: string,
): string[] {
  if (buckets.length === 0) {
    return [
      `slo.latency must be left out while the service's histogram of requests has no buckets; got ${seconds} seconds. Fix: ${bucketsFix}.`,
    ];
  }
  const usable = buckets.filter((bound) => !Number.isInteger(bound));
  const fix = `Fix: set it to ${usable.find((bound) => bound >= seconds) ?? usable.at(-1) ?? "a bucket"}.`;
  if (!buckets.includes(seconds)) {
    return [
      `slo.latency.seconds must be one of the histogram's buckets: ${usable.join(", ")}; got ${seconds}. ${fix}`,
    ];
  }
  if (usable.includes(seconds)) return [];
  return [
    `slo.latency.seconds must be a bucket that is not a whole number: ${usable.join(", ")} ` +
      `(Prometheus 3 stores le="${seconds}" as le="${seconds}.0", and a rule that names the one misses the other); ` +
      `got ${seconds}. ${fix}`,
  ];
}
