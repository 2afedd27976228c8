import { type RecordingRule, type RuleGroup, serviceLabels } from "./alerts/alert-rule";
import type { RequestNames } from "./presets/preset";
import { aliveSeries, namesOf, ruleRequests, ruleSeries, type ServiceFacts } from "./service-facts";

/**
 * What the dashboard over all services shows of one, under the same names whatever instruments it.
 * What a preset cannot tell is not recorded, and its column is empty.
 */
export function fleetGroup(facts: ServiceFacts): RuleGroup {
  const { requests, connections } = namesOf(facts);
  return {
    name: `fleet-${facts.namespace}-${facts.name}`,
    rules: [
      ...(requests ? requestRecords(facts, requests) : []),
      ...(connections
        ? [
            record(
              facts,
              "service:requests:rate5m",
              `sum(rate(${connections.requests}{${ruleSeries(facts)}}[5m]))`,
            ),
          ]
        : []),
      record(facts, "service:pods:count", `count(${aliveSeries(facts)} == 1)`),
    ],
  };
}

function requestRecords(facts: ServiceFacts, requests: RequestNames): RecordingRule[] {
  const series = ruleRequests(facts, requests);
  const rate = (suffix: string, matchers = "") =>
    `rate(${requests.histogram}_${suffix}{${series}${matchers}}[5m])`;
  const all = `sum(${rate("count")})`;
  const failed = `sum(${rate("count", `,${requests.code}=~"5.."`)})`;
  return [
    record(facts, "service:requests:rate5m", all),
    record(facts, "service:server_errors:ratio_rate5m", `(${failed} or 0 * ${all}) / (${all} > 0)`),
    ...(facts.buckets.length > 0
      ? [
          record(
            facts,
            "service:request_duration_seconds:p99_rate5m",
            `histogram_quantile(0.99, sum by (le) (${rate("bucket")}))`,
          ),
        ]
      : []),
  ];
}

const record = (facts: ServiceFacts, name: string, expr: string): RecordingRule => ({
  record: name,
  expr,
  labels: serviceLabels(facts),
});
