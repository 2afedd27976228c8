import {
  alertRule,
  type AlertRule,
  type RecordingRule,
  type RuleGroup,
  serviceLabels,
} from "../alerts/alert-rule";
import type { RequestNames } from "../presets/preset";
import { aliveSeries, namesOf, ruleRequests, type ServiceFacts } from "../service-facts";
import {
  BURN_WINDOWS,
  type BurnWindow,
  type Objective,
  SLO_PERIOD_DAYS,
  type Window,
  WINDOW_SECONDS,
} from "./objectives";
import { serviceObjectives } from "./service-objectives";

/** Windows read from the service's own series, so that a page waits for no recorded sample. */
const RAW_WINDOWS: readonly Window[] = ["5m", "30m", "1h"];
/** Windows computed from two recorded rates: 3 days of every bucket would be too much to read each time. */
const SUMMED_WINDOWS: readonly Window[] = ["2h", "6h", "1d", "3d"];
/** 30 days of samples are read each time; below 5 minutes, after which Prometheus forgets a value. */
const BUDGET_INTERVAL = "2m";
const RUNBOOK = "slo";

/**
 * Recording rules and burn-rate alerts of a service's objectives; no groups without any.
 *
 * Records are named as sloth names them, with the labels service, namespace and slo.
 * @throws Error where the objectives are wrong; see `serviceObjectives`
 */
export function sloRuleGroups(facts: ServiceFacts): RuleGroup[] {
  const { requests } = namesOf(facts);
  return serviceObjectives(facts).flatMap((objective) => {
    // serviceObjectives has none without names of requests.
    if (!requests) return [];
    const name = `slo-${facts.namespace}-${facts.name}-${objective.slo}`;
    return [
      {
        name,
        rules: [
          ...windowRecords(facts, objective, requests),
          ...alerts(facts, objective, requests),
        ],
      },
      { name: `${name}-budget`, interval: BUDGET_INTERVAL, rules: budgetRecords(facts, objective) },
    ];
  });
}

function windowRecords(
  facts: ServiceFacts,
  objective: Objective,
  requests: RequestNames,
): RecordingRule[] {
  const { errors, total } = rates(facts, objective, requests);
  return [
    recordingRule(facts, objective, "slo:sli_error:rate5m", errors("5m")),
    recordingRule(facts, objective, "slo:sli_total:rate5m", total("5m")),
    ...RAW_WINDOWS.map((window) =>
      recordingRule(facts, objective, ratioName(window), safeRatio(errors(window), total(window))),
    ),
    ...SUMMED_WINDOWS.map((window) =>
      recordingRule(facts, objective, ratioName(window), summedRatio(facts, objective, window)),
    ),
  ];
}

function budgetRecords(facts: ServiceFacts, objective: Objective): RecordingRule[] {
  const { budget, ratio } = objective;
  const period = `${SLO_PERIOD_DAYS}d`;
  const recorded = recordedSeries(facts, objective);
  return [
    recordingRule(facts, objective, "slo:objective:ratio", `vector(${ratio})`),
    recordingRule(facts, objective, "slo:error_budget:ratio", `vector(${budget})`),
    recordingRule(facts, objective, "slo:time_period:days", `vector(${SLO_PERIOD_DAYS})`),
    recordingRule(
      facts,
      objective,
      "slo:current_burn_rate:ratio",
      `${ratioName("5m")}${recorded} / ${budget}`,
    ),
    recordingRule(facts, objective, ratioName(period), summedRatio(facts, objective, period)),
    recordingRule(
      facts,
      objective,
      "slo:period_burn_rate:ratio",
      `${ratioName(period)}${recorded} / ${budget}`,
    ),
    recordingRule(
      facts,
      objective,
      "slo:period_error_budget_remaining:ratio",
      `1 - slo:period_burn_rate:ratio${recorded}`,
    ),
  ];
}

/** Bad and all requests per second. Probes are not counted: only the cluster waits for them. */
function rates(facts: ServiceFacts, { slo, seconds }: Objective, requests: RequestNames) {
  const { histogram, code } = requests;
  const series = ruleRequests(facts, requests);
  const sum = (suffix: string, matchers: string) => (window: Window) =>
    `sum(rate(${histogram}_${suffix}{${series}${matchers}}[${window}]))`;
  if (slo === "availability") {
    const total = sum("count", "");
    const failed = sum("count", `,${code}=~"5.."`);
    // Until a first 5xx makes its series, "no series" has to read as "no errors", not as "no ratio".
    return { errors: (window: Window) => `${failed(window)} or 0 * ${total(window)}`, total };
  }
  // A 5xx is availability's business, and often a quick one. No `or 0` here: a bucket that does not
  // exist has to end in ServiceObjectiveAbsent, not in a perfect score.
  const total = sum("count", `,${code}!~"5.."`);
  const inTime = sum("bucket", `,${code}!~"5..",le="${seconds ?? ""}"`);
  return {
    errors: (window: Window) => `clamp_min(${total(window)} - ${inTime(window)}, 0)`,
    total,
  };
}

/** No value at all without traffic: 0 / 0 is NaN, which would stay in every average for 30 days. */
const safeRatio = (errors: string, total: string): string => `(${errors}) / (${total} > 0)`;

/** Weighted by events. An average of ratios would count a quiet night as much as a busy day. */
function summedRatio(facts: ServiceFacts, objective: Objective, window: string): string {
  const sum = (name: string) =>
    `sum_over_time(${name}${recordedSeries(facts, objective)}[${window}])`;
  return safeRatio(sum("slo:sli_error:rate5m"), sum("slo:sli_total:rate5m"));
}

function alerts(facts: ServiceFacts, objective: Objective, requests: RequestNames): AlertRule[] {
  return [
    ...BURN_WINDOWS.map((window) => burnAlert(facts, objective, window)),
    // Most make their series with the first request, and an idle night is no fault.
    ...(requests.fromStart ? [absentAlert(facts, objective, requests)] : []),
  ];
}

function burnAlert(facts: ServiceFacts, objective: Objective, window: BurnWindow): AlertRule {
  const { slo, budget } = objective;
  const { long, short, factor, severity } = window;
  const recorded = recordedSeries(facts, objective);
  const over = (name: Window) => `${ratioName(name)}${recorded} > ${factor} * ${budget}`;
  const spentIn = (SLO_PERIOD_DAYS / factor).toFixed(factor === 1 ? 0 : 1);
  const title = slo === "availability" ? "Availability" : "Latency";
  return alertRule(facts, {
    name: `Service${title}BudgetBurn`,
    severity,
    expr: [over(long), over(short), enoughTraffic(facts, objective, window)].join("\nand "),
    for: window.for,
    labels: { slo, long, short },
    summary: `${facts.name} spends its ${slo} budget ${factor} times too fast`,
    description:
      `{{ $value | humanizePercentage }} of the requests of the last ${long} ${badness(objective)}; ` +
      `the objective of ${percent(objective.ratio)} % allows ${percent(budget)} %. ` +
      `At ${factor} times that the budget of ${SLO_PERIOD_DAYS} days lasts ${spentIn} days.`,
    runbook: RUNBOOK,
  });
}

/**
 * With less traffic than this a single failed request would be above the threshold. A service that
 * cannot be reached at all is told by ServiceTargetAbsent.
 */
function enoughTraffic(facts: ServiceFacts, objective: Objective, window: BurnWindow): string {
  const requests = Math.ceil(1 / (window.factor * objective.budget));
  const total = `slo:sli_total:rate5m${recordedSeries(facts, objective)}`;
  return `avg_over_time(${total}[${window.long}]) * ${WINDOW_SECONDS[window.long]} > ${requests}`;
}

/** The service is scraped and has no ratio: a metric, a label or a bucket is not what the rules expect. */
function absentAlert(
  facts: ServiceFacts,
  objective: Objective,
  { histogram }: RequestNames,
): AlertRule {
  const { slo } = objective;
  return alertRule(facts, {
    name: "ServiceObjectiveAbsent",
    severity: "warning",
    expr:
      `absent(slo:sli_error:rate5m${recordedSeries(facts, objective)})\n` +
      `and on () (sum(${aliveSeries(facts)}) > 0)`,
    for: "15m",
    labels: { slo },
    summary: `Nobody knows whether ${facts.name} keeps its ${slo} objective`,
    description:
      `Prometheus scrapes ${facts.name}, but ${histogram} gives no ${slo} ratio: ` +
      `its alerts on the error budget cannot fire.`,
    runbook: RUNBOOK,
  });
}

function recordingRule(
  facts: ServiceFacts,
  { slo }: Objective,
  name: string,
  expr: string,
): RecordingRule {
  return { record: name, expr, labels: { ...serviceLabels(facts), slo } };
}

const ratioName = (window: string): string => `slo:sli_error:ratio_rate${window}`;

const recordedSeries = (facts: ServiceFacts, { slo }: Objective): string =>
  `{service="${facts.name}",namespace="${facts.namespace}",slo="${slo}"}`;

const badness = ({ slo, seconds }: Objective): string =>
  slo === "availability" ? "were answered with a 5xx" : `took longer than ${seconds ?? ""} s`;

const percent = (ratio: number): number => Number((ratio * 100).toPrecision(10));
