import type { Panel } from "./panel";
import { objectiveSeries, rate, requests, series } from "./selectors";
import { metricSources } from "../metric-source";
import type { ServiceFacts } from "../service-facts";
import { BURN_WINDOWS, type Objective, SLO_PERIOD_DAYS } from "../slo/objectives";

const HISTOGRAM = "http_request_duration_seconds";
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

/** Rate, errors and duration, by route. */
export function requestPanels({ metricSource }: ServiceFacts): Panel[] {
  const source = metricSources[metricSource];
  return [
    {
      title: "Requests by route",
      description:
        "Per second, without probes and scrapes. unmatched is every path that has no route, and every request that its client gave up.",
      unit: "reqps",
      queries: [{ expr: `sum by (route) (${count()})`, legend: "{{route}}" }],
    },
    {
      title: "Requests by code",
      description: "Per second, by code or class of codes.",
      unit: "reqps",
      queries: [{ expr: `sum by (code) (${count()})`, legend: "{{code}}" }],
    },
    ...(source.inFlight ? [inFlight] : []),
    errors("Server errors (5xx)", "5..", "These spend the error budget of availability."),
    errors("Client errors (4xx, without 499)", "4..", "Requests that the service refuses.", [
      CLIENT_CLOSED,
    ]),
    ...(source.errorCounter === undefined ? [] : exactErrors(source.errorCounter)),
    duration(0.5, "Half of the requests are faster."),
    duration(0.95, "One request in twenty is slower."),
    duration(0.99, "One request in a hundred is slower. It cannot show more than the last bucket."),
    {
      title: "Duration of all requests",
      description: "How many requests per second fall between two bounds of the histogram.",
      unit: "s",
      kind: "heatmap",
      span: 24,
      queries: [
        { expr: `sum by (le) (${rate(`${HISTOGRAM}_bucket`, requests)})`, legend: "{{le}}" },
      ],
    },
  ];
}

const inFlight: Panel = {
  title: "Requests in flight",
  description: "Being answered at the moment of the scrape, by pod. It climbs before latency does.",
  unit: "short",
  queries: [{ expr: `http_requests_in_flight{${series}}`, legend: "{{pod}}" }],
};

/** A share of the route's requests; 0, not a gap, where none of them failed. */
function errors(
  title: string,
  code: string,
  description: string,
  except: readonly string[] = [],
): Panel {
  const matcher = [`code=~"${code}"`, ...except.map((other) => `code!="${other}"`)].join(",");
  const failed = `sum by (route) (${rate(`${HISTOGRAM}_count`, `${requests},${matcher}`)})`;
  const all = `sum by (route) (${count()})`;
  return {
    title,
    description: `${description} Share of the route's requests.`,
    unit: "percentunit",
    queries: [{ expr: `(${failed} or 0 * ${all}) / (${all} > 0)`, legend: "{{route}}" }],
  };
}

/** What only an exact code tells. */
const exactErrors = (counter: string): Panel[] => [
  {
    title: "Errors by code",
    description: `Answers from 400 on, per second; ${CLIENT_CLOSED} is a client that gave up.`,
    unit: "reqps",
    queries: [{ expr: `sum by (code) (${rate(counter, requests)})`, legend: "{{code}}" }],
  },
  {
    title: `Given up by the client (${CLIENT_CLOSED})`,
    description: "Per second, by route. Often the first sign of slowness.",
    unit: "reqps",
    queries: [
      {
        expr: `sum by (route) (${rate(counter, `${requests},code="${CLIENT_CLOSED}"`)})`,
        legend: "{{route}}",
      },
    ],
  },
];

function duration(quantile: number, description: string): Panel {
  const buckets = `sum by (le, route) (${rate(`${HISTOGRAM}_bucket`, requests)})`;
  return {
    title: `Duration, p${Math.round(quantile * 100)}`,
    description,
    unit: "s",
    queries: [{ expr: `histogram_quantile(${quantile}, ${buckets})`, legend: "{{route}}" }],
  };
}

const count = (): string => rate(`${HISTOGRAM}_count`, requests);

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
