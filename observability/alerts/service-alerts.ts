import { alertRule, type AlertRule, type RuleGroup } from "./alert-rule";
import { autoscalerAlerts } from "./autoscaler-alerts";
import { memoryBytes } from "../memory-quantity";
import type { Metric } from "../presets/preset";
import { aliveSeries, namesOf, ruleSeries, type ServiceFacts } from "../service-facts";

/** Share of a limit at which somebody should look. */
const NEAR_MEMORY_LIMIT = 0.9;
const NEAR_SAMPLE_LIMIT = 0.8;
const RUNBOOK = "service";

/** Alerts that every service has, whatever it promises, as far as its metrics can tell. */
export function alertGroup(facts: ServiceFacts): RuleGroup {
  const { target, process } = namesOf(facts);
  const { residentMemory, eventLoopUtilisation, eventLoopBusy } = process;
  return {
    name: `service-${facts.namespace}-${facts.name}`,
    rules: [
      targetAbsent(facts),
      restarting(facts),
      ...(residentMemory === undefined ? [] : [memoryNearLimit(facts, residentMemory)]),
      ...(eventLoopUtilisation === undefined
        ? []
        : [eventLoopSaturated(facts, busiestSlices(facts, eventLoopUtilisation))]),
      ...(eventLoopBusy === undefined
        ? []
        : [eventLoopSaturated(facts, busyShare(facts, eventLoopBusy))]),
      ...autoscalerAlerts(facts),
      ...(target.scraped ? [samplesNearLimit(facts)] : []),
    ],
  };
}

/** Without any target there is no `up` either, so a label or port that does not match would stay unseen. */
function targetAbsent(facts: ServiceFacts): AlertRule {
  const { target } = namesOf(facts);
  const pods = `no pod of ${facts.name} in ${facts.namespace}`;
  return alertRule(facts, {
    name: "ServiceTargetAbsent",
    severity: "critical",
    expr: `absent(${aliveSeries(facts)} == 1)`,
    for: "5m",
    summary: target.scraped
      ? `Prometheus reaches no pod of ${facts.name}`
      : `No pod of ${facts.name} reaches Prometheus`,
    description:
      (target.scraped
        ? `For 5 minutes ${pods} could be scraped: the service is ` +
          `down, or its ServiceMonitor no longer finds it. `
        : `For 5 minutes ${pods} sent metrics: the service is down, or it no longer finds ` +
          `Prometheus' OTLP receiver. `) + `No other alert of it can be trusted meanwhile.`,
    runbook: RUNBOOK,
  });
}

/** kube-state-metrics counts within a pod, so a rollout is no restart. */
const restarting = (facts: ServiceFacts): AlertRule =>
  alertRule(facts, {
    name: "ServiceRestarting",
    severity: "warning",
    expr: `sum by (pod) (increase(kube_pod_container_status_restarts_total{${containerSeries(facts)}}[1h])) > 2`,
    summary: `${facts.name} restarts again and again`,
    description: `Pod {{ $labels.pod }} restarted {{ $value | humanize }} times in an hour.`,
    runbook: RUNBOOK,
  });

const memoryNearLimit = (facts: ServiceFacts, residentMemory: string): AlertRule =>
  alertRule(facts, {
    name: "ServiceMemoryNearLimit",
    severity: "warning",
    expr:
      `max by (${podLabel(facts)}) (${residentMemory}{${ruleSeries(facts)}}) ` +
      `/ ${memoryBytes(facts.memoryLimit)} > ${NEAR_MEMORY_LIMIT}`,
    for: "10m",
    // A pod that was killed and grows again is the same leak.
    keepFiringFor: "1h",
    summary: `${facts.name} is about to be killed for its memory`,
    description:
      `${podName(facts)} uses {{ $value | humanizePercentage }} of its limit of ` +
      `${facts.memoryLimit}; above 100 % the kernel kills it.`,
    runbook: RUNBOOK,
  });

/**
 * By the loop's utilisation, not its lag: quantiles of the lag stay at 10 ms whatever happens, and
 * every scrape resets its maximum, so that each of two Prometheus replicas sees half of the peaks.
 */
const eventLoopSaturated = (facts: ServiceFacts, busy: Busy): AlertRule =>
  alertRule(facts, {
    name: "ServiceEventLoopSaturated",
    severity: "warning",
    expr: `${busy.expr} > 0.95`,
    for: "10m",
    summary: `${facts.name} has no time left for more requests`,
    description:
      `The event loop of pod {{ $labels.${podLabel(facts)} }} was busy {{ $value | humanizePercentage }} of the ` +
      `time (${busy.measure}): requests queue up behind one another.`,
    runbook: RUNBOOK,
  });

/** Share of the time that the event loop of each pod is busy, 0 to 1, and what was measured. */
interface Busy {
  readonly expr: string;
  readonly measure: string;
}

const busiestSlices = (facts: ServiceFacts, histogram: string): Busy => ({
  expr:
    `histogram_quantile(0.99, sum by (${podLabel(facts)}, le) ` +
    `(rate(${histogram}_bucket{${ruleSeries(facts)}}[5m])))`,
  measure: "99th percentile of 100 ms slices",
});

const busyShare = (facts: ServiceFacts, { name, matchers = "" }: Metric): Busy => ({
  expr: `max by (${podLabel(facts)}) (rate(${name}{${ruleSeries(facts)},${matchers}}[5m]))`,
  measure: "mean of 5 minutes",
});

/** Above the limit Prometheus refuses the whole scrape, and every panel and alert is empty. */
const samplesNearLimit = (facts: ServiceFacts): AlertRule =>
  alertRule(facts, {
    name: "ServiceSamplesNearLimit",
    severity: "warning",
    expr:
      `max by (${podLabel(facts)}) (scrape_samples_post_metric_relabeling{${ruleSeries(facts)}}) ` +
      `> ${NEAR_SAMPLE_LIMIT} * ${facts.sampleLimit}`,
    for: "15m",
    summary: `The metrics of ${facts.name} have almost outgrown their limit`,
    description:
      `${podName(facts)} exports {{ $value | humanize }} samples of at most ${facts.sampleLimit}; ` +
      `beyond that Prometheus refuses all of them.`,
    runbook: RUNBOOK,
  });

const containerSeries = ({ name, namespace }: ServiceFacts): string =>
  `namespace="${namespace}",container="${name}"`;

const podLabel = (facts: ServiceFacts): string => namesOf(facts).target.pod;

/** In the alert's text. */
const podName = (facts: ServiceFacts): string => `Pod {{ $labels.${podLabel(facts)} }}`;
