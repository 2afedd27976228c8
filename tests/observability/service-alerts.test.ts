import assert from "node:assert/strict";
import type { AlertRule } from "../../observability/alerts/alert-rule";
import { alertGroup } from "../../observability/alerts/service-alerts";
import { recordStack } from "../../simulation/record-stack";
import { type DeployedService, deployedService } from "../../verification/deployed";
import { deployedLibraryService } from "../../verification/proof/library-service";
import { sampleFacts } from "../support/sample-facts";
import { externalTool } from "../support/external-tool";
import { firing, type RuleCase, testRules } from "../support/promtool";

const app = '{namespace="prod",job="task-service",pod="a"}';
const pod = '{namespace="prod",container="task-service",pod="a"}';
const autoscaler = '{namespace="prod",horizontalpodautoscaler="task-service"}';
const MIB = 2 ** 20;

/** For each alert: series of 30 minutes or more that fire it, and some that must not. */
const CASES: Readonly<Record<string, { minutes: number; fires: Series[]; silent: Series[] }>> = {
  ServiceTargetAbsent: {
    minutes: 20,
    fires: [
      { [`up${app}`]: "1x9 stale" },
      { [`up${app}`]: "1x9 0x20" },
      { 'up{namespace="prod",job="other"}': "1x30" },
    ],
    silent: [
      { [`up${app}`]: "1x30" },
      { [`up${app}`]: "1x9 0x3 1x20" },
      { [`up${app}`]: "0x30", [`up${app.replace('"a"', '"b"')}`]: "1x30" },
    ],
  },
  ServiceRestarting: {
    minutes: 60,
    fires: [{ [`kube_pod_container_status_restarts_total${pod}`]: "0x20 1x10 2x10 3x10 4x20" }],
    silent: [{ [`kube_pod_container_status_restarts_total${pod}`]: "0x20 1x20 2x30" }],
  },
  ServiceMemoryNearLimit: {
    minutes: 20,
    fires: [{ [`process_resident_memory_bytes${app}`]: `${240 * MIB}x30` }],
    silent: [
      { [`process_resident_memory_bytes${app}`]: `${220 * MIB}x30` },
      { [`process_resident_memory_bytes${app}`]: `${220 * MIB}x14 ${250 * MIB}x20` },
    ],
  },
  ServiceEventLoopSaturated: {
    minutes: 30,
    fires: [utilisation("0+600x40", "0+1x40")],
    silent: [utilisation("0+600x40", "0+600x40")],
  },
  ServiceAutoscalerAtMaximum: {
    minutes: 30,
    fires: [replicas(5, 1, 5)],
    silent: [replicas(4, 1, 5), replicas(3, 3, 3)],
  },
  ServiceSamplesNearLimit: {
    minutes: 30,
    fires: [{ [`scrape_samples_post_metric_relabeling${app}`]: "1400x40" }],
    silent: [{ [`scrape_samples_post_metric_relabeling${app}`]: "1200x40" }],
  },
  TasksNotGettingDone: {
    minutes: 135,
    fires: [{ [`tasks_overdue${app}`]: "3x140", [`tasks_done_total${app}`]: "7x140" }],
    silent: [
      { [`tasks_overdue${app}`]: "0x140", [`tasks_done_total${app}`]: "7x140" },
      { [`tasks_overdue${app}`]: "3x140", [`tasks_done_total${app}`]: "7+1x140" },
    ],
  },
};

type Series = RuleCase["series"];

describe("the alerts of a service", () => {
  let task: DeployedService;
  let library: DeployedService;
  before(async () => {
    task = deployedService(await recordStack("prod"), "task-service");
    library = await deployedLibraryService();
  });

  for (const [name, { minutes, fires, silent }] of Object.entries(CASES)) {
    it(`${name} fires when it should, and only then`, function () {
      externalTool(this, "promtool");
      const expr = firing(`alertname="${name}"`);
      const rules = withoutObjectives(task.rules);
      for (const series of fires) {
        testRules(rules, { series, expectations: [{ minute: minutes, expr, value: 1 }] });
      }
      for (const series of silent) {
        testRules(rules, { series, expectations: [{ minute: minutes, expr, value: undefined }] });
      }
    });
  }

  it("each have a case above or among the objectives", () => {
    const names = alertsOf(task).map(({ alert }) => alert);
    const played = [
      ...Object.keys(CASES),
      "ServiceAvailabilityBudgetBurn",
      "ServiceLatencyBudgetBurn",
      "ServiceObjectiveAbsent",
    ];
    assert.deepEqual([...new Set(names)].sort(), played.sort());
  });

  it("each have what a person and Alertmanager's routes need", () => {
    for (const { alert, labels, annotations } of alertsOf(task)) {
      assert.match(labels.severity ?? "", /^(critical|warning)$/, alert);
      assert.equal(labels.service, "task-service", alert);
      assert.equal(labels.namespace, "prod", alert);
      assert.ok(annotations.summary.length <= 80, `${alert}: the summary fits a phone's screen`);
      assert.match(annotations.description, /\.$/, alert);
      assert.match(
        annotations.runbook,
        new RegExp(`^docs/runbooks/[a-z-]+\\.md#${alert.toLowerCase()}$`),
      );
      assert.match(annotations.dashboard_url, /^http:.+\/d\/service-prod-task-service$/);
    }
  });

  it("lack the event loop's where the library has no histogram of it", () => {
    const group = library.rules.groups.find(({ name }) => name === "service-prod-library-service");
    const names = group?.rules.map((rule) => "alert" in rule && rule.alert) ?? [];
    assert.ok(!names.includes("ServiceEventLoopSaturated"));
    assert.equal(names.length, 5);
  });

  it("include one for a service that is scaled on its requests, while its load is not known", function () {
    externalTool(this, "promtool");
    const group = alertGroup({ ...sampleFacts, scaledOnRequests: true });
    const of = 'namespace="prod",horizontalpodautoscaler="shop",condition="ScalingActive"';
    const condition = (status: string) =>
      `kube_horizontalpodautoscaler_status_condition{${of},status="${status}"}`;
    // Prometheus' own label of the scrape is KEDA's namespace.
    const errors =
      'keda_scaler_detail_errors_total{namespace="keda",exported_namespace="prod",scaledObject="shop"}';
    const expr = firing('alertname="ServiceAutoscalerBlind"');
    for (const [series, value] of [
      [{ [condition("false")]: "1x20" }, 1],
      [{ [condition("false")]: "0x20", [errors]: "0+4x20" }, 1],
      [{ [condition("false")]: "0x20", [condition("true")]: "1x20", [errors]: "7x20" }, undefined],
      [{ [errors.replace('"shop"', '"other"')]: "0+4x20" }, undefined],
    ] as const) {
      testRules({ groups: [group] }, { series, expectations: [{ minute: 15, expr, value }] });
    }
  });

  it("take the user's own with the service's matchers", () => {
    const own = task.rules.groups.find(({ name }) => name === "own-prod-task-service");
    assert.deepEqual(own?.rules[0], {
      record: "service:tasks_created:rate5m",
      expr: 'sum(rate(tasks_created_total{namespace="prod",job="task-service"}[5m]))',
      labels: { service: "task-service", namespace: "prod" },
    });
    assert.equal(library.rules.groups.filter(isOwn).length, 0);
  });

  it("refuse a memory limit that is none", () => {
    assert.throws(
      () => alertGroup({ ...sampleFacts, memoryLimit: "256MB" }),
      /memoryLimit must be a number with k, M, G, Ki, Mi or Gi behind it; got "256MB"/,
    );
  });
});

const isOwn = ({ name }: { readonly name: string }) => name.startsWith("own-");

const alertsOf = ({ rules: { groups } }: DeployedService): AlertRule[] =>
  groups.flatMap(({ rules }) => rules.flatMap((rule) => ("alert" in rule ? [rule] : [])));

/** The long windows of objectives are played in slo-rules.test.ts. */
const withoutObjectives = ({ groups }: DeployedService["rules"]): DeployedService["rules"] => ({
  groups: groups.filter(({ name }) => !name.startsWith("slo-")),
});

function utilisation(all: string, belowAlarm: string): Series {
  const bucket = (le: string) =>
    `nodejs_eventloop_utilization_histogram_bucket{namespace="prod",job="task-service",pod="a",le="${le}"}`;
  return { [bucket("0.95")]: belowAlarm, [bucket("1")]: all, [bucket("+Inf")]: all };
}

function replicas(current: number, least: number, most: number): Series {
  return {
    [`kube_horizontalpodautoscaler_status_current_replicas${autoscaler}`]: `${current}x40`,
    [`kube_horizontalpodautoscaler_spec_min_replicas${autoscaler}`]: `${least}x40`,
    [`kube_horizontalpodautoscaler_spec_max_replicas${autoscaler}`]: `${most}x40`,
  };
}
