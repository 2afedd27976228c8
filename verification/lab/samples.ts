import { Random } from "random";
import { type Conditions, POD_NUMBERS } from "./conditions";
import { processSeries, requestSeries } from "./service-series";
import { type Requests, type Series, type Step, STEP_SECONDS } from "./step";
import { surroundingSeries } from "./surrounding-series";

/** Everything that Prometheus would have scraped, and what really happened to the requests. */
export interface Samples {
  readonly series: readonly Series[];
  /** Requests of each step, all and bad, by objective. */
  readonly truth: Readonly<Record<"availability" | "latency", readonly Count[]>>;
  /** The first step at which rules are asked, and their number: what is before is only what they read. */
  readonly start: number;
  readonly steps: number;
}

export interface Count {
  readonly bad: number;
  readonly total: number;
}

/** What differs from one play of an incident to another: the seed decides. */
interface Chance {
  readonly random: Random;
  /** Requests per second on an ordinary day. */
  readonly requests: number;
  /** Shares that always fail and are always slow. */
  readonly failing: number;
  readonly slow: number;
  /** How bad the incident is, around 1. */
  readonly severity: number;
}

/**
 * Draws the requests of each step and counts them as the service's metrics do.
 * @param seed the same seed gives the same samples
 */
export function sample(seed: string, steps: number, at: (minute: number) => Conditions): Samples {
  const chance = draw(seed);
  const played = Array.from({ length: steps }, (_, step): Step => {
    const conditions = at((step * STEP_SECONDS) / 60);
    return { conditions, requests: requestsOf(chance, conditions) };
  });
  return {
    series: [
      ...requestSeries(played),
      ...processSeries(played, chance.random),
      ...surroundingSeries(played),
    ],
    truth: {
      availability: played.map((step) => counted(step, ({ failed }) => failed, all)),
      latency: played.map((step) => counted(step, ({ slow }) => slow, answered)),
    },
    start: 0,
    steps,
  };
}

function draw(seed: string): Chance {
  const random = new Random(seed);
  return {
    random,
    requests: random.float(20, 80),
    failing: random.float(0, 0.0003),
    slow: random.float(0.0005, 0.003),
    severity: random.float(0.9, 1.1),
  };
}

function requestsOf(chance: Chance, conditions: Conditions): Step["requests"] {
  const { random, severity } = chance;
  const { traffic = 1, onlyPod } = conditions;
  const expected = (chance.requests * STEP_SECONDS * traffic) / POD_NUMBERS.length;
  const share = (usual: number, wrong: number | undefined, pod: number): number =>
    wrong === undefined || (onlyPod ?? pod) !== pod ? usual : Math.min(1, usual + wrong * severity);
  return POD_NUMBERS.map((pod) => {
    const failing = share(chance.failing, conditions.failing, pod);
    const slow = share(chance.slow, conditions.slow, pod);
    return {
      failed: poisson(random, expected * failing),
      slow: poisson(random, expected * (1 - failing) * slow),
      fine: poisson(random, expected * (1 - failing) * (1 - slow)),
    };
  });
}

/** Clients call independently of one another. */
const poisson = (random: Random, mean: number): number => (mean > 0 ? random.poisson(mean)() : 0);

function counted(
  { requests }: Step,
  bad: (requests: Requests) => number,
  total: (requests: Requests) => number,
): Count {
  const sum = (of: (requests: Requests) => number) =>
    requests.reduce((reached, one) => reached + of(one), 0);
  return { bad: sum(bad), total: sum(total) };
}

const answered = ({ fine, slow }: Requests): number => fine + slow;
const all = (requests: Requests): number => answered(requests) + requests.failed;
