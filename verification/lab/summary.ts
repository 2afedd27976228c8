import { type Contender, CONTENDERS } from "./contenders";
import type { Expected } from "./incidents";
import type { IncidentResult, LabResult } from "./lab";
import { byReceiver, type Miss, missesOf } from "./misses";
import type { Outcome } from "./outcome";

/** A number of all plays: half of them are below the first, none above the second. */
export interface Spread {
  readonly median: number;
  readonly most: number;
}

/** What a contender made of an incident, over all seeds. */
export interface Row {
  /** Plays in which somebody was paged, or got a ticket. */
  readonly paged: number;
  readonly ticketed: number;
  /** Minutes from the incident's beginning. */
  readonly page?: Spread;
  readonly ticket?: Spread;
  /** Percent of the 30-day budget, when the first of what is deserved was sent. */
  readonly budgetGone?: Spread;
  /** Minutes from the incident's end to that of the last page. */
  readonly reset?: Spread;
  readonly alerts: readonly string[];
  /** What nobody should have heard of. */
  readonly wrong: readonly string[];
}

export interface IncidentSummary {
  readonly name: string;
  readonly wrong: string;
  readonly expected: Expected;
  readonly seeds: number;
  readonly rows: Readonly<Partial<Record<Contender, Row>>>;
  /** Minutes within which its burn rate demands a page. */
  readonly bound?: Spread;
  /** Whom this stack told of what, such as "on-call: ServiceTargetAbsent". */
  readonly told: readonly string[];
  /** Notifications that the receiver of this stack got which got most. */
  readonly notifications: Spread;
  /** The goals that are not met. */
  readonly misses: readonly Miss[];
}

/** The SRE Workbook's measures, chapter 5, of pages. */
export interface Measures {
  /** Share of the pages that an incident deserved; absent: no pages. */
  readonly precision?: number;
  /** Share of the plays that deserve a page that got one. */
  readonly recall: number;
  /** Medians, in minutes. */
  readonly detection?: number;
  readonly reset?: number;
}

export const summaries = ({ incidents }: LabResult): IncidentSummary[] => incidents.map(summaryOf);

function summaryOf({ incident, plays }: IncidentResult): IncidentSummary {
  const bounds = plays.flatMap(({ bound }) => bound ?? []);
  return {
    name: incident.name,
    wrong: incident.wrong,
    expected: incident.expected,
    seeds: plays.length,
    rows: Object.fromEntries(
      CONTENDERS.flatMap((who) => {
        const outcomes = plays.flatMap(({ outcomes }) => outcomes[who] ?? []);
        return outcomes.length === 0 ? [] : [[who, rowOf(outcomes)]];
      }),
    ),
    ...spreadOf("bound", bounds),
    told: unique(
      plays.flatMap(({ told }) => told.map(({ receiver, alert }) => `${receiver}: ${alert}`)),
    ),
    notifications: spread(
      plays.map(({ told }) => Math.max(0, ...byReceiver(told).map(({ length }) => length))),
    ),
    misses: missesOf(incident.expected, plays),
  };
}

const rowOf = (outcomes: readonly Outcome[]): Row => ({
  paged: outcomes.filter(({ page }) => page !== undefined).length,
  ticketed: outcomes.filter(({ ticket }) => ticket !== undefined).length,
  ...spreadOf(
    "page",
    outcomes.flatMap(({ page }) => page ?? []),
  ),
  ...spreadOf(
    "ticket",
    outcomes.flatMap(({ ticket }) => ticket ?? []),
  ),
  ...spreadOf(
    "budgetGone",
    outcomes.flatMap(({ budgetGone }) => budgetGone ?? []),
  ),
  ...spreadOf(
    "reset",
    outcomes.flatMap(({ reset }) => reset ?? []),
  ),
  alerts: unique(outcomes.flatMap(({ pages, tickets }) => [...pages, ...tickets])),
  wrong: unique(outcomes.flatMap(({ wrong }) => wrong)),
});

/** Whether every play that deserves a page got one, and in time where its burn rate sets one. */
export const isPagedInTime = ({ expected, misses }: IncidentSummary): boolean =>
  expected === "page" && !misses.some(({ goal }) => goal === "paged" || goal === "in time");

export function measuresOf({ incidents, ordinary }: LabResult, who: Contender): Measures {
  const plays = incidents.flatMap(({ incident: { expected }, plays }) =>
    plays.flatMap(({ outcomes }) => {
      const outcome = outcomes[who];
      return outcome ? [{ expected, outcome }] : [];
    }),
  );
  const deserving = plays.filter(({ expected }) => expected === "page");
  const paged = plays.filter(({ outcome }) => outcome.page !== undefined);
  const right = paged.filter(({ expected }) => expected === "page").map(({ outcome }) => outcome);
  const early = plays.reduce((sum, { outcome }) => sum + outcome.earlyPages, 0);
  const pages = paged.length + early + (ordinary.pages[who] ?? 0);
  const detections = right.flatMap(({ page }) => page ?? []);
  const resets = right.flatMap(({ reset }) => reset ?? []);
  return {
    ...(pages > 0 && { precision: right.length / pages }),
    recall: right.length / deserving.length,
    ...(detections.length > 0 && { detection: spread(detections).median }),
    ...(resets.length > 0 && { reset: spread(resets).median }),
  };
}

function spreadOf<Name extends string>(
  name: Name,
  values: readonly number[],
): Partial<Record<Name, Spread>> {
  const found: Partial<Record<Name, Spread>> = {};
  if (values.length > 0) found[name] = spread(values);
  return found;
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other);
  return { median: sorted[Math.floor((sorted.length - 1) / 2)] ?? 0, most: sorted.at(-1) ?? 0 };
}

const unique = (names: readonly string[]): string[] => [...new Set(names)].sort();
