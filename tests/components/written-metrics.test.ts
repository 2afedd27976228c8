import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import chartMetricsFile from "../../components/monitoring-stack/chart-metrics.json";
import { serviceRules } from "../../observability/alerts/service-rules";
import { fleetDashboard } from "../../observability/dashboards/fleet-dashboard";
import { serviceDashboard } from "../../observability/dashboards/service-dashboard";
import { type PresetName, presets } from "../../observability/presets/presets";
import { writtenOfService } from "../../observability/written-metrics";
import { recordStack } from "../../simulation/record-stack";
import { at } from "../../simulation/resource";
import { CHART_METRICS, chartMetrics } from "../../verification/chart-metrics/chart-metrics";
import { metricsOfDashboard } from "../../verification/chart-metrics/query-metrics";
import { metricsOfRules, renderedMetrics } from "../../verification/chart-metrics/rendered-metrics";
import {
  deployedFleetDashboard,
  deployedRelease,
  type DeployedService,
  deployedService,
} from "../../verification/deployed";
import { versions } from "../../versions";
import { CHART, CHART_ASKED } from "../support/asked-chart";
import { notAsked } from "../support/external-tool";
import { sampleFacts } from "../support/sample-facts";
import { ROOT } from "../support/simulated";

const { slo, ...WITHOUT_OBJECTIVES } = sampleFacts;

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();

/** What PromQL's parser finds in a service's dashboard and rules, and what the rules record. */
const parsed = ({ dashboard, rules }: Pick<DeployedService, "dashboard" | "rules">): string[] =>
  sorted([
    ...metricsOfDashboard(dashboard),
    ...metricsOfRules(rules.groups.flatMap((group) => group.rules)),
  ]);

/** Names in the one rule by which prod's Prometheus keeps what it writes. */
function keptNames(values: unknown): string[] {
  const [endpoint] = at(values, "prometheus.prometheusSpec.remoteWrite") as object[];
  const rules = at(endpoint, "writeRelabelConfigs") as readonly { readonly regex: string }[];
  assert.deepEqual(
    rules.map((rule) => ({ ...rule, regex: "names" })),
    [{ sourceLabels: ["__name__"], action: "keep", regex: "names" }],
  );
  return (rules[0]?.regex ?? "").split("|");
}

describe("the metrics that long-term storage gets", () => {
  for (const preset of Object.keys(presets) as PresetName[]) {
    it(`are those that dashboard, rules and alerts of a service read or record: ${preset}`, () => {
      const { requests, buckets } = presets[preset];
      // Micrometer's has none unless it is asked for.
      const some = buckets.length > 0 || !requests ? buckets : [0.2];
      const seconds = some.find((bound) => !Number.isInteger(bound)) ?? 0;
      const facts = {
        ...WITHOUT_OBJECTIVES,
        preset,
        buckets: some,
        ...(slo && requests && { slo: { ...slo, latency: { percent: 99, seconds } } }),
      };
      const read = parsed({ dashboard: serviceDashboard(facts), rules: serviceRules(facts) });
      assert.deepEqual(sorted(writtenOfService({ preset })), read);
    });
  }

  it("are those of its autoscaler too, where KEDA scales it", () => {
    const facts = { ...sampleFacts, scaledOnRequests: true as const };
    const read = parsed({ dashboard: serviceDashboard(facts), rules: serviceRules(facts) });
    assert.deepEqual(sorted(writtenOfService({ scaledOnRequests: true })), read);
  });

  it("have all that the dashboard over all services reads", () => {
    const written = writtenOfService({});
    const read = sorted(metricsOfDashboard(fleetDashboard()));
    assert.deepEqual(
      read.filter((metric) => !written.includes(metric)),
      [],
    );
    assert.ok(read.length > 5);
  });

  it("come with the version of the chart that is pinned", () => {
    assert.equal(chartMetricsFile.chart, versions.kubePrometheusStack.version);
  });

  describe("with the chart", () => {
    before(function () {
      if (CHART === "") notAsked(this, CHART_ASKED);
    });

    it("are in prod what the parser finds in every panel, variable, rule and alert, and nothing else", async () => {
      const config = { managedPrometheus: "true", services: '["task-service","quote-service"]' };
      const recording = await recordStack("prod", { config });
      const { values } = deployedRelease(recording);
      const services = ["task-service", "quote-service"].map((name) =>
        deployedService(recording, name),
      );
      assert.deepEqual(
        keptNames(values),
        sorted([
          ...renderedMetrics(CHART, values),
          ...services.flatMap(parsed),
          ...metricsOfDashboard(deployedFleetDashboard(recording)),
        ]),
      );
    }).timeout(120_000);

    it(`are in ${CHART_METRICS} as the chart has them today`, async () => {
      const text = readFileSync(path.join(ROOT, CHART_METRICS), "utf8");
      assert.deepEqual(JSON.parse(text), await chartMetrics(CHART), "Fix: npm run fix");
    }).timeout(240_000);
  });
});
