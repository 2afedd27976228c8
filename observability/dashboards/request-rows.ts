import type { Panel } from "./panel";
import { objectiveSeries, podLegend, rate, requestSeries, series } from "./selectors";
import type { Preset, RequestNames } from "../presets/preset";
import { namesOf, type ServiceFacts } from "../service-facts";
import { BURN_WINDOWS, type Objective, SLO_PERIOD_DAYS } from "../slo/objectives";

/** Code of a request that its client gave up. */
const CLIENT_CLOSED = "499";

/** Error budget left, share of good requests and burn rate of each objective. */
export function objectivePanels(objectives: readonly Objective[]): Panel[] {
  return objectives.flatMap((promise) => {
    const recorded = objectiveSeries(promise.slo);
    const title = promise.slo === "availability" ? "Availability" : "Latency";
    return [
      {
        title: `${title}: budget left`,
        description: `Share of the error budget of the last ${SLO_PERIOD_DAYS} days that is not spent. Below 0 the objective is missed.`,
        unit: "percentunit",
        kind: "stat",
        span: 4,
        colours: [
          { from: -Infinity, colour: "red" },
          { from: 0, colour: "orange" },
          { from: 0.25, colour: "green" },
        ],
        queries: [
          { expr: `slo:period_error_budget_remaining:ratio${recorded}`, legend: "budget left" },
        ],
      },
      {
        title: `${title}: last ${SLO_PERIOD_DAYS} days`,
        description: `${promised(promise)} Weighted by requests.`,
        unit: "percentunit",
        kind: "stat",
        span: 4,
        colours: [
          { from: -Infinity, colour: "red" },
          { from: promise.ratio, colour: "green" },
        ],
        queries: [
          { expr: `1 - slo:sli_error:ratio_rate${SLO_PERIOD_DAYS}d${recorded}`, legend: "good" },
        ],
      },
      {
        title: `${title}: burn rate`,
        description: `1 spends the budget in exactly ${SLO_PERIOD_DAYS} days. A page needs ${factors()} over both of two windows.`,
        unit: "none",
        span: 16,
        queries: (["5m", "1h", "6h", "3d"] as const).map((window) => ({
          expr: `slo:sli_error:ratio_rate${window}${recorded} / ${promise.budget}`,
          legend: window,
        })),
      },
    ];
  });
}

/** Rate, errors and duration, by route; durations only where the histogram has buckets. */
export function requestPanels(facts: ServiceFacts): Panel[] {
  const preset = namesOf(facts);
  const names = preset.requests;
  if (!names) return [];
  const requests = clientRequests(preset, names);
  return [
    ...traffic(requests, names.unmatched),
    ...(names.inFlight === undefined ? [] : [inFlight(preset, names.inFlight)]),
    errors(requests, "Server errors (5xx)", "5..", "These spend the error budget of availability."),
    errors(
      requests,
      "Client errors (4xx, without 499)",
      "4..",
      "Requests that the service refuses.",
      [CLIENT_CLOSED],
    ),
    ...(names.errorCounter === undefined ? [] : exactErrors(requests, names.errorCounter)),
    ...(facts.buckets.length === 0 ? [] : durations(requests)),
  ];
}

/** The requests of clients, and the labels that tell them apart. */
interface Requests {
  /** Matchers, without braces. */
  readonly matchers: string;
  readonly route: string;
  readonly code: string;
  /** Per second; of those that more matchers choose. */
  readonly count: (...matchers: readonly string[]) => string;
  /** Per second, by upper bound. */
  readonly buckets: string;
}

function clientRequests(preset: Preset, names: RequestNames): Requests {
  const { histogram, route, code } = names;
  const matchers = requestSeries(preset, names);
  return {
    matchers,
    route,
    code,
    count: (...more) => rate(`${histogram}_count`, [matchers, ...more].join(",")),
    buckets: rate(`${histogram}_bucket`, matchers),
  };
}

const traffic = ({ route, code, count }: Requests, unmatched: string): Panel[] => [
  {
    title: "Requests by route",
    description: `Per second, without probes and scrapes. ${unmatched}`,
    unit: "reqps",
    queries: [{ expr: `sum by (${route}) (${count()})`, legend: `{{${route}}}` }],
  },
  {
    title: "Requests by code",
    description: "Per second, by code or class of codes.",
    unit: "reqps",
    queries: [{ expr: `sum by (${code}) (${count()})`, legend: `{{${code}}}` }],
  },
];

const inFlight = (preset: Preset, metric: string): Panel => ({
  title: "Requests in flight",
  description: "Being answered at the moment of the scrape, by pod. It climbs before latency does.",
  unit: "short",
  queries: [{ expr: `${metric}{${series(preset)}}`, legend: podLegend(preset) }],
});

/** A share of the route's requests; 0, not a gap, where none of them failed. */
function errors(
  { route, code, count }: Requests,
  title: string,
  codes: string,
  description: string,
  except: readonly string[] = [],
): Panel {
  const failed = count(`${code}=~"${codes}"`, ...except.map((other) => `${code}!="${other}"`));
  const failedByRoute = `sum by (${route}) (${failed})`;
  const all = `sum by (${route}) (${count()})`;
  return {
    title,
    description: `${description} Share of the route's requests.`,
    unit: "percentunit",
    queries: [{ expr: `(${failedByRoute} or 0 * ${all}) / (${all} > 0)`, legend: `{{${route}}}` }],
  };
}

/** What only an exact code tells. */
const exactErrors = ({ matchers, route, code }: Requests, counter: string): Panel[] => [
  {
    title: "Errors by code",
    description: `Answers from 400 on, per second; ${CLIENT_CLOSED} is a client that gave up.`,
    unit: "reqps",
    queries: [{ expr: `sum by (${code}) (${rate(counter, matchers)})`, legend: `{{${code}}}` }],
  },
  {
    title: `Given up by the client (${CLIENT_CLOSED})`,
    description: "Per second, by route. Often the first sign of slowness.",
    unit: "reqps",
    queries: [
      {
        expr: `sum by (${route}) (${rate(counter, `${matchers},${code}="${CLIENT_CLOSED}"`)})`,
        legend: `{{${route}}}`,
      },
    ],
  },
];

const durations = (requests: Requests): Panel[] => [
  duration(requests, 0.5, "Half of the requests are faster."),
  duration(requests, 0.95, "One request in twenty is slower."),
  duration(
    requests,
    0.99,
    "One request in a hundred is slower. It cannot show more than the last bucket.",
  ),
  {
    title: "Duration of all requests",
    description: "How many requests per second fall between two bounds of the histogram.",
    unit: "s",
    kind: "heatmap",
    span: 24,
    queries: [{ expr: `sum by (le) (${requests.buckets})`, legend: "{{le}}" }],
  },
];

function duration({ route, buckets }: Requests, quantile: number, description: string): Panel {
  return {
    title: `Duration, p${Math.round(quantile * 100)}`,
    description,
    unit: "s",
    queries: [
      {
        expr: `histogram_quantile(${quantile}, sum by (le, ${route}) (${buckets}))`,
        legend: `{{${route}}}`,
      },
    ],
  };
}

const factors = (): string =>
  BURN_WINDOWS.filter(({ severity }) => severity === "critical")
    .map(({ factor, short, long }) => `${factor} (${long} and ${short})`)
    .join(" or ");

function promised({ slo, ratio, seconds }: Objective): string {
  const percent = Number((ratio * 100).toPrecision(10));
  return slo === "availability"
    ? `Promised: ${percent} % of the requests are answered without a 5xx.`
    : `Promised: ${percent} % of the requests are answered within ${seconds ?? ""} s.`;
}
