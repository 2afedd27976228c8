import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import type { ClassicDashboard } from "../../observability/dashboards/classic-dashboard";
import { serviceDashboard } from "../../observability/dashboards/service-dashboard";
import { dashboardUid } from "../../observability/service-facts";
import { recordStack } from "../../simulation/record-stack";
import {
  type DeployedService,
  deployedFleetDashboard,
  deployedService,
} from "../../verification/deployed";
import { appsInstalled, exportedNames, startScript } from "../../verification/proof/apps";
import { APPS, exporterOf, metricsIn } from "../../verification/proof/exporters";
import { ANY, selectors, substitute, syntaxError } from "../../verification/proof/promql";
import { deployedLibraryService } from "../../verification/proof/library-service";
import { panelsOf, queriesOf } from "../../verification/proof/panels";
import { absent, missing } from "../support/external-tool";
import { sampleFacts } from "../support/sample-facts";

const CHART_METRICS = "../shared/data/kube-prometheus-stack-88.5.3/metrics-used.json";
const NAMES = ["task-service's", "the library's", "the fleet's"] as const;

/** As deployed: filled before the first test. */
let dashboards: Record<(typeof NAMES)[number], ClassicDashboard>;
let task: DeployedService;
let library: DeployedService;

before(async () => {
  const prod = await recordStack("prod");
  task = deployedService(prod, "task-service");
  library = await deployedLibraryService();
  dashboards = {
    "task-service's": task.dashboard,
    "the library's": library.dashboard,
    "the fleet's": deployedFleetDashboard(prod),
  };
});

for (const name of NAMES) {
  describe(`${name} dashboard`, () => {
    let dashboard: ClassicDashboard;
    before(() => {
      dashboard = dashboards[name];
    });

    it("is read-only, with a data source to choose and variables that follow the time range", () => {
      assert.equal(dashboard.editable, false);
      const [datasource, ...queries] = dashboard.templating.list;
      assert.deepEqual(
        [datasource?.type, datasource?.name, datasource?.label, datasource?.query],
        ["datasource", "datasource", "Data source", "prometheus"],
      );
      // No `instance`: pods are named by namespace and pod, their addresses change.
      assert.deepEqual(
        queries.map((variable) => variable.name),
        dashboard === dashboards["the fleet's"]
          ? ["job", "namespace"]
          : ["job", "namespace", "pod"],
      );
      for (const { label, multi, refresh, datasource: from, allValue, name } of queries) {
        assert.deepEqual([multi, refresh, from?.uid], [true, 2, "$datasource"], name);
        assert.ok(label, name);
        assert.equal(allValue, name === "pod" ? ".*" : ".+");
      }
    });

    it("has panels with an id, a place, a title, a description and a unit", () => {
      const ids = dashboard.panels.map(({ id }) => id);
      assert.deepEqual(
        ids,
        ids.map((_, index) => index + 1),
      );
      const titles = panelsOf(dashboard).map(({ title }) => title);
      assert.deepEqual([...new Set(titles)], titles, "titles are unique");
      for (const panel of panelsOf(dashboard)) {
        assert.ok(panel.title && panel.description, panel.title ?? "no title");
        assert.ok(UNITS.includes(panel.fieldConfig?.defaults.unit ?? ""), panel.title);
        assert.equal(panel.datasource?.uid, "$datasource", panel.title);
        const sources = (panel.targets ?? []).map(
          (target) => (target as { datasource?: { uid?: string } }).datasource?.uid,
        );
        assert.ok(sources.length > 0, panel.title);
        assert.deepEqual([...new Set(sources)], ["$datasource"], panel.title);
      }
    });

    it("lays panels out without overlap, within the screen", () => {
      const taken = new Set<string>();
      for (const { gridPos, title } of dashboard.panels) {
        const { x, y, w, h } = gridPos ?? { x: 0, y: 0, w: 0, h: 0 };
        assert.ok(w > 0 && h > 0 && x + w <= 24, title);
        for (let column = x; column < x + w; column++) {
          for (let line = y; line < y + h; line++) {
            assert.ok(!taken.has(`${column},${line}`), `${title ?? ""} lies on another panel`);
            taken.add(`${column},${line}`);
          }
        }
      }
    });

    it("asks in PromQL", () => {
      for (const { panel, expr } of queriesOf(dashboard)) {
        assert.equal(syntaxError(substitute(expr, ANY)), undefined, `${panel}: ${expr}`);
      }
    });

    it("takes rates of counters only, over the range that Grafana fits to the zoom", () => {
      for (const { panel, expr } of queriesOf(dashboard)) {
        for (const [call] of expr.matchAll(/\b(rate|irate)\(.*?\[[^\]]*\]/g)) {
          assert.match(call, /\[\$__rate_interval\]$/, panel);
        }
        const counters = expr
          .replace(/\b(rate|increase)\((\w+)/g, "")
          .match(/\b\w+_(total|count|sum)\b(?=\{)/g);
        assert.equal(counters, null, `${panel}: ${expr}`);
      }
    });

    it("asks for the chosen services only", () => {
      for (const { panel, expr } of queriesOf(dashboard)) {
        for (const { metric, matchers } of selectors(substitute(expr, KEPT))) {
          assert.ok(matchers.includes('namespace=~"$namespace"'), `${panel}: ${metric}`);
          // Exporters of the cluster have a job of their own, records a label `service`.
          assert.ok(
            matchers.some((matcher) =>
              /^(job|service|container|deployment|horizontalpodautoscaler)=~"\$job"$/.test(matcher),
            ),
            `${panel}: ${metric}`,
          );
          if (exporterOf(metric) === "the service" || exporterOf(metric) === "Prometheus") {
            assert.ok(matchers.includes('job=~"$job"'), `${panel}: ${metric}`);
          }
        }
      }
    });
  });
}

describe("the dashboards", () => {
  it("have a uid each, which links rely on and Grafana takes", () => {
    const uids = Object.values(dashboards).map(({ uid }) => uid);
    assert.deepEqual(uids, [
      "service-prod-task-service",
      "service-prod-library-service",
      "services",
    ]);
    const long = { name: "a-service-with-a-very-long-name", namespace: "a-long-namespace" };
    assert.equal(dashboardUid(long).length, 40);
    assert.notEqual(dashboardUid(long), dashboardUid({ ...long, name: `${long.name}-2` }));
  });

  it("come out the same in another run: a difference in a preview is a change", async () => {
    const again = deployedService(await recordStack("prod"), "task-service");
    assert.equal(JSON.stringify(again.dashboard), JSON.stringify(dashboards["task-service's"]));
  });

  it("fit a ConfigMap many times over", () => {
    for (const dashboard of Object.values(dashboards)) {
      assert.ok(JSON.stringify(dashboard).length < 256 * 1024, dashboard.uid);
    }
  });

  it("have the rows that a service's facts call for", () => {
    const rows = (dashboard: ClassicDashboard) =>
      dashboard.panels.filter(({ type }) => type === "row").map(({ title }) => title);
    assert.deepEqual(rows(dashboards["task-service's"]), [
      "Objectives",
      "Requests",
      "Business",
      "Process",
      "Pods",
      "Cost of these metrics",
    ]);
    const { slo, ...plain } = sampleFacts;
    assert.ok(slo);
    assert.deepEqual(rows(serviceDashboard(plain)).slice(0, 2), ["Requests", "Process"]);
  });

  it("show the fastest burning service of the fleet on top", () => {
    const [table] = panelsOf(dashboards["the fleet's"]);
    assert.deepEqual((table?.options as { sortBy: unknown }).sortBy, [
      { displayName: "Burn rate, 1 h", desc: true },
    ]);
  });
});

describe("every metric of dashboards and rules", () => {
  for (const source of ["middleware", "prometheus-api-metrics"] as const) {
    it(`is one that ${source} exports, where it is the service's`, async function () {
      if (!appsInstalled())
        missing(this, "the dependencies of services/task-service are not installed");
      const service = source === "middleware" ? task : library;
      const { rules, named } = namedBy(service, service.dashboard);
      assert.ok(rules > 10);
      const app = await startScript(APPS[source]);
      try {
        // The library registers its metrics of requests with the first one.
        await (await fetch(`${app.url}/api/tasks?userName=alice`)).text();
        const exported = await exportedNames(app);
        assert.deepEqual(
          named.filter((metric) => exporterOf(metric) === "the service" && !exported.has(metric)),
          [],
        );
      } finally {
        await app.child.stop();
      }
    });
  }

  it("is one that the rules record, where it is recorded", () => {
    const recorded = new Set(
      task.rules.groups.flatMap(({ rules }) =>
        rules.flatMap((rule) => ("record" in rule ? [rule.record] : [])),
      ),
    );
    for (const dashboard of Object.values(dashboards)) {
      const { named } = namedBy(task, dashboard);
      assert.deepEqual(
        named.filter((metric) => exporterOf(metric) === "the rules" && !recorded.has(metric)),
        [],
      );
    }
  });

  it("is one that the chart's own dashboards or rules read too, where a cluster's exporter has it", function () {
    if (!existsSync(CHART_METRICS)) absent(this, CHART_METRICS);
    const { metrics } = JSON.parse(readFileSync(CHART_METRICS, "utf8")) as {
      metrics: Record<string, unknown>;
    };
    const { named } = namedBy(task, task.dashboard);
    const foreign = named.filter((metric) => /^(kube|container)_/.test(metric));
    assert.ok(foreign.length > 5);
    assert.deepEqual(
      foreign.filter((metric) => !(metric in metrics) && !DOCUMENTED.includes(metric)),
      [],
    );
  });
});

/** Not read by the chart; from kube-state-metrics' docs/metrics/workload/pod-metrics.md. */
const DOCUMENTED = ["kube_pod_container_status_restarts_total"];
const UNITS = ["short", "none", "percentunit", "s", "bytes", "reqps", "ops"];
/** Only what stands in a range has to be PromQL for the selectors to be found. */
const KEPT = { ...ANY, job: "$job", namespace: "$namespace", pod: "$pod" };

function namedBy({ rules: { groups } }: DeployedService, dashboard: ClassicDashboard) {
  const rules = groups.flatMap((group) => group.rules);
  const exprs = [
    ...queriesOf(dashboard).map(({ expr }) => substitute(expr, ANY)),
    ...rules.map(({ expr }) => expr),
  ];
  return { rules: rules.length, named: [...new Set(exprs.flatMap(metricsIn))].sort() };
}
