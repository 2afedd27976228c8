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
  BURN_TIMES,
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
/** The longest of the short windows: until then what was paged is still in the tickets' windows. */
const TOLD_BY_PAGE = "6h";
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
    // In this order: the ticket reads whether the page fires.
    burnAlert(facts, objective, "critical"),
    burnAlert(facts, objective, "warning"),
    // Most make their series with the first request, and an idle night is no fault.
    ...(requests.fromStart ? [absentAlert(facts, objective, requests)] : []),
  ];
}

/**
 * One alert for all windows of a severity, because a receiver hears of each alert of its own: an incident soon
 * burns in all of them.
 */
function burnAlert(
  facts: ServiceFacts,
  objective: Objective,
  severity: BurnWindow["severity"],
): AlertRule {
  const { slo, budget, ratio } = objective;
  const windows = BURN_WINDOWS.filter((window) => window.severity === severity);
  const burning = windows.map((window) => burns(facts, objective, window)).join("\nor\n");
  const least = Math.min(...windows.map(({ factor }) => factor));
  const speed = least === 1 ? "too fast" : `at least ${least} times too fast`;
  // The value is that of the first pair that burns.
  const over = windows
    .map(({ long }) => long)
    .join(" or, where that does not burn by itself, over ");
  const lasting = windows.map(({ factor }) => {
    const days = Number((SLO_PERIOD_DAYS / factor).toFixed(1));
    return `at ${factor} times it lasts ${days} days`;
  });
  return alertRule(facts, {
    name: burnAlertName(objective),
    severity,
    expr: severity === "critical" ? burning : unlessPaged(facts, objective, burning),
    ...BURN_TIMES[severity],
    labels: { slo },
    summary: `${facts.name} spends its ${slo} budget ${speed}`,
    description:
      `{{ $value | humanizePercentage }} of the requests ${badness(objective)}, over ${over}; ` +
      `the objective of ${percent(ratio)} % allows ${percent(budget)} %, a budget for ${SLO_PERIOD_DAYS} days: ` +
      `${lasting.join(", ")}.`,
    runbook: RUNBOOK,
  });
}

function burns(facts: ServiceFacts, objective: Objective, window: BurnWindow): string {
  const { long, short, factor } = window;
  const recorded = recordedSeries(facts, objective);
  const over = (name: Window) => `${ratioName(name)}${recorded} > ${factor} * ${objective.budget}`;
  return `(${[over(long), over(short), enoughTraffic(facts, objective, window)].join("\nand ")})`;
}

/**
 * What somebody was paged for is no ticket besides; what goes on burning slowly is one later. Not by inhibition,
 * which would keep back that an earlier ticket is resolved.
 */
function unlessPaged(facts: ServiceFacts, objective: Objective, burning: string): string {
  const { slo } = objective;
  const labels = {
    alertname: burnAlertName(objective),
    alertstate: "firing",
    severity: "critical",
  };
  const matchers = Object.entries({ ...labels, ...serviceLabels(facts), slo })
    .map(([label, value]) => `${label}="${value}"`)
    .join(",");
  return `(${burning})\n` + `unless on () max_over_time(ALERTS{${matchers}}[${TOLD_BY_PAGE}])`;
}

const burnAlertName = ({ slo }: Objective): string =>
  `Service${slo === "availability" ? "Availability" : "Latency"}BudgetBurn`;

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
