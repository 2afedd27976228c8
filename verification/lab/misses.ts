import type { Expected } from "./incidents";
import type { PlayResult } from "./lab";
import { isSameGroup, type Told } from "./notifying";
import type { Outcome } from "./outcome";

/** What is promised of an incident. */
export type Goal =
  "paged" | "in time" | "no page" | "ticket" | "no ticket" | "said once" | "heard once";

/** A goal that is not met. */
export interface Miss {
  readonly goal: Goal;
  /** How many plays miss it. */
  readonly plays: number;
  /** For a reader of the table, after the number of plays. */
  readonly text: string;
}

/** What is promised, and not kept in some of an incident's plays. */
export function missesOf(expected: Expected, plays: readonly PlayResult[]): Miss[] {
  const late = plays.flatMap(({ bound, outcomes: { stack } }) =>
    bound !== undefined && stack?.page !== undefined && stack.page > bound
      ? [stack.page - bound]
      : [],
  );
  const count = (misses: (stack: Outcome, play: PlayResult) => boolean): number =>
    plays.filter((play) => play.outcomes.stack && misses(play.outcomes.stack, play)).length;
  const noPage: Miss = {
    goal: "no page",
    plays: count(({ page }) => page !== undefined),
    text: "paged",
  };
  const deserved: Readonly<Record<Expected, readonly Miss[]>> = {
    page: [
      { goal: "paged", plays: count(({ page }) => page === undefined), text: "not paged" },
      {
        goal: "in time",
        plays: late.length,
        text: `paged up to ${Math.max(...late).toFixed(1)} min too late`,
      },
    ],
    ticket: [
      noPage,
      { goal: "ticket", plays: count(({ ticket }) => ticket === undefined), text: "no ticket" },
    ],
    nothing: [
      noPage,
      { goal: "no ticket", plays: count(({ ticket }) => ticket !== undefined), text: "a ticket" },
    ],
  };
  const heard: readonly Miss[] = [
    {
      goal: "said once",
      plays: count((_, { told }) => told.some(({ repeated }) => repeated)),
      text: "said once more, as it still fired after repeat_interval",
    },
    {
      goal: "heard once",
      plays: count((_, { told }) => byReceiver(told).some((heard) => !isHeardOnce(heard))),
      text: "a receiver heard more than firing and resolved of one group",
    },
  ];
  return [...deserved[expected], ...heard].filter((miss) => miss.plays > 0);
}

/** What each receiver heard. */
export function byReceiver(told: readonly Told[]): Told[][] {
  const receivers = new Set(told.map(({ receiver }) => receiver));
  return [...receivers].map((receiver) => told.filter((each) => each.receiver === receiver));
}

/** That something fires, and at most that it ended; what is said again is counted by itself. */
function isHeardOnce(heard: readonly Told[]): boolean {
  const [first, second, ...others] = heard.filter(({ repeated }) => !repeated);
  if (first?.status !== "firing" || others.length > 0) return false;
  return second === undefined || (second.status === "resolved" && isSameGroup(first, second));
}
