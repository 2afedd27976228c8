import {
  BURN_TIMES,
  BURN_WINDOWS,
  type Objective,
  SLO_PERIOD_DAYS,
} from "../../observability/slo/objectives";
import type { Expected } from "./incidents";
import { type Firing, secondsOf } from "./firing";
import type { Play } from "./play";
import type { Count } from "./samples";
import { STEP_SECONDS } from "./step";

/** What a set of rules made of a play. Times are minutes after the incident's beginning. */
export interface Outcome {
  /** When the first page is sent; absent: nobody is paged. */
  readonly page?: number;
  /** When the first ticket is sent. */
  readonly ticket?: number;
  /** Percent of the 30-day budget that is gone when the first of what was expected is sent. */
  readonly budgetGone?: number;
  /** Minutes after the incident's end at which the last page ended. */
  readonly reset?: number;
  /** Names of the alerts that were sent as page, and as ticket. */
  readonly pages: readonly string[];
  readonly tickets: readonly string[];
  /** What nobody should have heard of; what fired before the incident is nothing else. */
  readonly wrong: readonly string[];
  /** Pages before the incident. */
  readonly earlyPages: number;
}

/** Seconds that Alertmanager gathers alerts before it sends them, by severity. */
export type GroupWait = Readonly<Record<"critical" | "warning", number>>;

const MINUTES_OF_STEP = STEP_SECONDS / 60;
const PER_MINUTE = 1 / MINUTES_OF_STEP;

export function outcomeOf(played: Play, firings: readonly Firing[], wait: GroupWait): Outcome {
  const { incident, begins, ends } = played;
  const isEarly = ({ from }: Firing) => from < begins * PER_MINUTE;
  const early = firings.filter(isEarly);
  const of = (severity: "critical" | "warning") =>
    firings.filter((firing) => firing.labels.severity === severity && !isEarly(firing));
  const sent = (severity: "critical" | "warning"): number | undefined => {
    const steps = of(severity).map(({ from }) => from);
    if (steps.length === 0) return undefined;
    return rounded(Math.min(...steps) * MINUTES_OF_STEP + wait[severity] / 60 - begins);
  };
  const page = sent("critical");
  const ticket = sent("warning");
  const pages = namesOf(of("critical"));
  const tickets = namesOf(of("warning"));
  const heard = incident.expected === "page" ? page : ticket;
  const ended = of("critical").flatMap(({ to }) => to ?? []);
  return {
    ...(page !== undefined && { page }),
    ...(ticket !== undefined && { ticket }),
    ...(heard !== undefined && { budgetGone: budgetGone(played, heard) }),
    ...(ended.length > 0 && { reset: rounded(Math.max(...ended) * MINUTES_OF_STEP - ends) }),
    pages,
    tickets,
    wrong: [
      ...wronglyTold(incident.expected, pages, tickets),
      ...namesOf(early).map((name) => `${name} before it`),
    ],
    earlyPages: early.filter(({ labels }) => labels.severity === "critical").length,
  };
}

const wronglyTold = (
  expected: Expected,
  pages: readonly string[],
  tickets: readonly string[],
): string[] => [...(expected === "page" ? [] : pages), ...(expected === "nothing" ? tickets : [])];

/** The larger of the two objectives', with the traffic of the play as that of all 30 days. */
function budgetGone({ samples, begins }: Play, minutes: number): number {
  const last = Math.round((begins + minutes) * PER_MINUTE);
  const spent = (counts: readonly Count[], budget: number) => {
    const first = begins * PER_MINUTE;
    const bad = sum(counts.slice(first, last), ({ bad }) => bad);
    const before = counts.slice(0, first);
    const perStep = sum(before, ({ total }) => total) / before.length;
    const steps = (SLO_PERIOD_DAYS * 86_400) / STEP_SECONDS;
    return (100 * bad) / (perStep * steps * budget);
  };
  const { availability, latency } = samples.truth;
  return rounded(
    Math.max(spent(availability, BUDGETS.availability), spent(latency, BUDGETS.latency)),
  );
}

/** Of task-service's objectives, 99.9 % and 99 %; a test holds them against the program's rules. */
export const BUDGETS: Readonly<Record<Objective["slo"], number>> = {
  availability: 0.001,
  latency: 0.01,
};

/**
 * Minutes within which an incident has to be paged: for each window of a page whose burn rate the incident
 * keeps for as long as the window, the time until the window's mean is over the threshold, what the alert holds,
 * a scrape, an evaluation and the group's wait; the least of them.
 * @returns undefined where it burns too slowly, or not long enough
 */
export function pageBound({ samples, begins, ends }: Play, wait: GroupWait): number | undefined {
  const bounds = BURN_WINDOWS.filter(({ severity }) => severity === "critical").flatMap(
    ({ long, factor }) => {
      const window = Number.parseInt(long) * 60;
      if (ends - begins < window) return [];
      const first = begins * PER_MINUTE;
      const last = first + window * PER_MINUTE;
      return (["availability", "latency"] as const).flatMap((slo) => {
        const burning = samples.truth[slo].slice(first, last);
        if (!keeps(burning, factor * BUDGETS[slo])) return [];
        const detection = (BUDGETS[slo] / ratioOf(burning)) * window * factor;
        const rest = (2 * STEP_SECONDS + wait.critical) / 60;
        return [detection + secondsOf(BURN_TIMES.critical.for) / 60 + rest];
      });
    },
  );
  return bounds.length === 0 ? undefined : rounded(Math.min(...bounds));
}

/** Whether the ratio of every 5 minutes is that high. */
function keeps(counts: readonly Count[], ratio: number): boolean {
  const steps = 5 * PER_MINUTE;
  for (let first = 0; first < counts.length; first += steps) {
    if (!(ratioOf(counts.slice(first, first + steps)) >= ratio)) return false;
  }
  return true;
}

const ratioOf = (counts: readonly Count[]): number =>
  sum(counts, ({ bad }) => bad) / sum(counts, ({ total }) => total);

const sum = (counts: readonly Count[], of: (count: Count) => number): number =>
  counts.reduce((reached, count) => reached + of(count), 0);

const namesOf = (firings: readonly Firing[]): string[] =>
  [...new Set(firings.map(({ alert }) => alert))].sort();

const rounded = (value: number): number => Math.round(value * 10) / 10;
