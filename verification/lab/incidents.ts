import { type Conditions, NOTHING_WRONG, POD_NUMBERS } from "./conditions";

/** Who should hear of an incident: somebody now, somebody in the morning, or nobody. */
export type Expected = "page" | "ticket" | "nothing";

/** Something that goes wrong, as data: it knows no rule. Times are minutes. */
export interface Incident {
  readonly name: string;
  /** For a reader of the table. */
  readonly wrong: string;
  readonly expected: Expected;
  /** From its beginning to its end. */
  readonly minutes: number;
  /** Of ordinary traffic that rules read before it. @default 360, the longest window that pages */
  readonly before?: number;
  /** Of ordinary traffic after it. @default 90 */
  readonly after?: number;
  /** What is wrong, by the minutes since its beginning. */
  readonly at: (minute: number) => Conditions;
}

/** 3 days, for what burns so slowly that a ticket's windows decide: with less behind them they tell too soon. */
const LONGEST_WINDOW = 4320;

/**
 * The incidents. They were written, with what each deserves, before any rule was played to them; which rules
 * were changed for what they showed is in docs/alerting.md.
 */
export const INCIDENTS: readonly Incident[] = [
  {
    name: "bad-deploy-2",
    wrong: "A deploy makes 2 % of the requests fail, until it is rolled back after 2 hours",
    expected: "page",
    minutes: 120,
    at: () => ({ failing: 0.02 }),
  },
  {
    name: "bad-deploy-20",
    wrong: "A deploy makes 20 % of the requests fail for an hour",
    expected: "page",
    minutes: 60,
    at: () => ({ failing: 0.2 }),
  },
  {
    name: "bad-deploy-100",
    wrong: "A deploy makes every request fail for an hour",
    expected: "page",
    minutes: 60,
    at: () => ({ failing: 1 }),
  },
  {
    name: "slow-store",
    wrong: "The store is slow: 30 % of the requests take too long, for 2 hours",
    expected: "page",
    minutes: 120,
    at: () => ({ slow: 0.3 }),
  },
  {
    name: "slow-route",
    wrong: "One route, a tenth of the traffic, is slow in 8 of 10 requests, for 8 hours",
    expected: "page",
    minutes: 480,
    before: LONGEST_WINDOW,
    at: () => ({ slow: 0.08 }),
  },
  {
    name: "slow-burn",
    wrong: "0.4 % of the requests fail, for a day",
    expected: "ticket",
    minutes: 1440,
    before: LONGEST_WINDOW,
    at: () => ({ failing: 0.004 }),
  },
  {
    name: "one-pod-failing",
    wrong: "One pod of five fails half of its requests, for 2 hours",
    expected: "page",
    minutes: 120,
    at: () => ({ failing: 0.5, onlyPod: 0 }),
  },
  {
    name: "memory-leak",
    wrong: "A pod's memory grows for 5 hours, until the kernel kills it; then again, faster",
    expected: "ticket",
    minutes: 420,
    at: leak,
  },
  {
    name: "event-loop-saturated",
    wrong: "The event loops are busy all the time, for 2 hours; 2 % of the requests are slow",
    expected: "ticket",
    minutes: 120,
    at: () => ({ busy: 0.3, slow: 0.02 }),
  },
  {
    name: "traffic-times-10",
    wrong:
      "10 times the traffic for 2 hours: the autoscaler goes to its maximum, 5 % slow till then",
    expected: "ticket",
    minutes: 120,
    at: (minute) =>
      minute < 6
        ? { traffic: 10, slow: 0.05, replicas: 5 + Math.floor(minute) * 2 }
        : { traffic: 10, replicas: 15 },
  },
  {
    name: "no-traffic-at-night",
    wrong: "Nobody calls for 8 hours of the night, and all is well",
    expected: "nothing",
    minutes: 480,
    at: () => ({ traffic: 0 }),
  },
  {
    name: "target-gone",
    wrong: "No pod can be scraped for an hour",
    expected: "page",
    minutes: 60,
    at: () => ({ unscraped: POD_NUMBERS }),
  },
  {
    name: "exporter-gone",
    wrong: "kube-state-metrics is gone for 2 hours: nobody sees restarts and replicas",
    expected: "ticket",
    minutes: 120,
    at: () => ({ objects: false }),
  },
  {
    name: "flapping-dependency",
    wrong: "A dependency fails for 3 minutes of every 20, a third of the requests, for 4 hours",
    expected: "page",
    minutes: 240,
    at: (minute) => (minute % 20 < 3 ? { failing: 0.33 } : NOTHING_WRONG),
  },
  {
    name: "zone-lost",
    wrong: "A zone with two pods of five is lost for 45 minutes; new pods run elsewhere after 6",
    expected: "ticket",
    minutes: 45,
    at: zoneLost,
  },
  {
    name: "task-backlog",
    wrong: "Tasks are overdue and none gets done, for 4 hours; every request is answered",
    expected: "ticket",
    minutes: 240,
    at: (minute) => ({ overdue: Math.ceil(minute / 10), done: false }),
  },
];

/** 120 MiB to the limit of 256 in 5 hours, then in one; each kill is a restart, with a few errors. */
function leak(minute: number): Conditions {
  const killed = minute >= 300 ? 1 + Math.floor((minute - 300) / 60) : 0;
  const share = killed === 0 ? minute / 300 : ((minute - 300) % 60) / 60;
  const justKilled = killed > 0 && share < 1 / 60;
  return {
    memory: 120 + share * 136,
    restarts: killed,
    ...(justKilled && { failing: 0.2, onlyPod: 0, unscraped: [0] }),
  };
}

/** Requests to the lost pods fail until the load balancer notices; the pods are replaced after 5 minutes. */
function zoneLost(minute: number): Conditions {
  const notReady = ["c"] as const;
  const unscraped = [1, 4];
  if (minute < 0.75) return { failing: 0.4, unscraped, notReady };
  return minute < 6 ? { slow: 0.05, unscraped, notReady } : { notReady };
}
