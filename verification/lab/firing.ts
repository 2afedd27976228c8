import type { AlertRule } from "../../observability/alerts/alert-rule";
import { metricsOf, withMatcher, withoutRecords } from "./expressions";
import type { History } from "./history";
import type { RuleSet } from "./rule-sets";
import type { Samples } from "./samples";
import { STEP_SECONDS } from "./step";

/** A time in which an alert fired, in steps: the first of them, and the one at which it no longer did. */
export interface Firing {
  readonly alert: string;
  /** As Alertmanager gets them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly from: number;
  /** Undefined: it still fired at the end. */
  readonly to?: number;
}

/** Tells plays apart in the lab's Prometheus; no alert has it. */
const LAB_LABEL = "play";

/** Which alerts of the rules would have fired in a play, by the real Prometheus' answers to their expressions. */
export async function firingsIn(
  history: History,
  { alerts, records }: RuleSet,
  play: string,
  { series, steps }: Samples,
): Promise<Firing[]> {
  const metrics = new Set(series.map(({ name }) => name.replace(/\{.*/, "")));
  const found: Firing[] = [];
  for (const rule of alerts) {
    const expr = withoutRecords(rule.expr, records);
    // Most of the chart's rules read nothing that the lab has.
    if (!metricsOf(expr).some((metric) => metrics.has(metric))) continue;
    const asked = withMatcher(expr, `${LAB_LABEL}="${play}"`);
    for (const { labels, steps: active } of await history.active(asked, steps)) {
      found.push(
        ...held(active, Math.ceil(secondsOf(rule.for) / STEP_SECONDS), steps).map((times) => ({
          alert: rule.alert,
          labels: labelsOf(rule, labels),
          ...times,
        })),
      );
    }
  }
  return found;
}

/**
 * `for` as Prometheus applies it: an alert fires at the first evaluation at which its expression has had a value
 * for that long, at every evaluation, and ends at the first without.
 * @param active steps with a value, ascending
 */
export function held(
  active: readonly number[],
  forSteps: number,
  steps: number,
): Pick<Firing, "from" | "to">[] {
  return runsOf(active)
    .filter(({ first, last }) => last - first >= forSteps)
    .map(({ first, last }) => ({
      from: first + forSteps,
      ...(last + 1 < steps && { to: last + 1 }),
    }));
}

/** Steps without a gap, by the first and the last of each run. */
export function runsOf(active: readonly number[]): { first: number; last: number }[] {
  const runs: { first: number; last: number }[] = [];
  for (const step of active) {
    const run = runs.at(-1);
    if (run?.last === step - 1) run.last = step;
    else runs.push({ first: step, last: step });
  }
  return runs;
}

function labelsOf(rule: AlertRule, labels: Readonly<Record<string, string>>): Firing["labels"] {
  const kept = Object.entries(labels).filter(([label]) => ![LAB_LABEL, "__name__"].includes(label));
  return { ...Object.fromEntries(kept), ...rule.labels, alertname: rule.alert };
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Of a duration such as 15m or 1h30m. */
export const secondsOf = (duration = "0s"): number =>
  [...duration.matchAll(/(\d+)([smhd])/g)].reduce(
    (sum, [, count = "0", unit = "s"]) => sum + Number(count) * (SECONDS[unit] ?? 0),
    0,
  );
