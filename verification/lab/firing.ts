import type { AlertRule } from "../../observability/alerts/alert-rule";
import { metricsOf, withMatcher, withoutRecords } from "./expressions";
import type { History } from "./history";
import type { RuleSet } from "./rule-sets";
import type { Samples } from "./samples";
import { type Series, STEP_SECONDS } from "./step";

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

/** What Prometheus records of every alert, pending or firing. */
const ALERTS = "ALERTS";

/** A rule as it is asked: without records. */
interface Question {
  readonly rule: AlertRule;
  readonly expr: string;
  readonly metrics: readonly string[];
}

/**
 * Which alerts of the rules would have fired in each play, by the real Prometheus' answers to their expressions.
 * A rule that reads whether another fires is asked last, when the history has that.
 * @param plays the history's, by name
 */
export async function firingsIn(
  history: History,
  rules: RuleSet,
  plays: Readonly<Record<string, Samples>>,
): Promise<Map<string, Firing[]>> {
  const found = new Map(Object.keys(plays).map((play): [string, Firing[]] => [play, []]));
  const questions = questionsOf(rules, Object.values(plays));
  const ask = async (asked: readonly Question[]) => {
    for (const [play, samples] of Object.entries(plays)) {
      const answers = await Promise.all(
        asked.map((question) => firingsOf(history, question, play, samples)),
      );
      found.get(play)?.push(...answers.flat());
    }
  };
  const readsAlerts = ({ metrics }: Question) => metrics.includes(ALERTS);
  await ask(questions.filter((question) => !readsAlerts(question)));
  const last = questions.filter(readsAlerts);
  if (last.length === 0) return found;
  await history.add(
    Object.fromEntries(
      Object.entries(plays).map(([play, { steps }]) => [
        play,
        { series: (found.get(play) ?? []).map((firing) => recordedSeries(firing, steps)) },
      ]),
    ),
  );
  await ask(last);
  return found;
}

/** Most of the chart's rules read nothing that the lab has: they are not asked. */
function questionsOf({ alerts, records }: RuleSet, plays: readonly Samples[]): Question[] {
  const known = new Set(
    plays.flatMap(({ series }) => series.map(({ name }) => name.replace(/\{.*/, ""))),
  );
  return alerts
    .map((rule): Question => {
      const expr = withoutRecords(rule.expr, records);
      return { rule, expr, metrics: metricsOf(expr) };
    })
    .filter(({ metrics }) => metrics.some((metric) => known.has(metric)));
}

async function firingsOf(
  history: History,
  { rule, expr }: Question,
  play: string,
  { start, steps }: Samples,
): Promise<Firing[]> {
  const stepsOf = (duration: string | undefined) => Math.ceil(secondsOf(duration) / STEP_SECONDS);
  const times = { hold: stepsOf(rule.for), keep: stepsOf(rule.keep_firing_for) };
  const found = await history.active(withMatcher(expr, `${LAB_LABEL}="${play}"`), start, steps);
  return found.flatMap(({ labels, steps: active }) =>
    held(active, times, steps).map((firing) => ({
      alert: rule.alert,
      labels: labelsOf(rule, labels),
      ...firing,
    })),
  );
}

/** As Prometheus writes it while the alert fires. */
function recordedSeries({ labels, from, to }: Firing, steps: number): Series {
  const pairs = Object.entries({ ...labels, alertstate: "firing" });
  return {
    name: `${ALERTS}{${pairs.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(",")}}`,
    values: Array.from({ length: steps }, (_, step) =>
      step >= from && step < (to ?? steps) ? 1 : undefined,
    ),
  };
}

/**
 * `for` and `keep_firing_for` as Prometheus applies them: an alert fires at the first evaluation at which its
 * expression has had a value for so long, at every evaluation, and ends when it has had none for so long.
 * @param active steps with a value, ascending
 * @param times in steps
 */
export function held(
  active: readonly number[],
  { hold, keep }: Readonly<Record<"hold" | "keep", number>>,
  steps: number,
): Pick<Firing, "from" | "to">[] {
  const firings: { from: number; to: number }[] = [];
  for (const { first, last } of runsOf(active)) {
    const before = firings.at(-1);
    const to = last + 1 + keep;
    if (before && first <= before.to) before.to = to;
    else if (last - first >= hold) firings.push({ from: first + hold, to });
  }
  return firings.map(({ from, to }) => ({ from, ...(to < steps && { to }) }));
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
