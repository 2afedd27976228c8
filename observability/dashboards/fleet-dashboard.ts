import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import * as common from "@grafana/grafana-foundation-sdk/common";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import * as prometheus from "@grafana/grafana-foundation-sdk/prometheus";
import * as table from "@grafana/grafana-foundation-sdk/table";
import { type ClassicDashboard, classicDashboard } from "./classic-dashboard";
import { buildPanel, DATASOURCE, type Panel, type Unit } from "./panel";
import { TAG } from "./service-dashboard";
import { SLO_PERIOD_DAYS } from "../slo/objectives";

/** Matchers, without braces, of what every service's rules record, whatever instruments it. */
const recorded = 'namespace=~"$namespace",service=~"$job"';
const BURN_RATE = "Burn rate, 1 h";

/** A column of the table: one value for each service. */
interface Column {
  readonly title: string;
  readonly unit: Unit;
  readonly expr: string;
}

/** Services are told apart by namespace and name; the worst objective of a service stands for it. */
const columns: readonly Column[] = [
  {
    title: BURN_RATE,
    unit: "none",
    expr: `max by (namespace, service) (slo:sli_error:ratio_rate1h{${recorded}} / slo:error_budget:ratio{${recorded}})`,
  },
  {
    title: "Budget left",
    unit: "percentunit",
    expr: `min by (namespace, service) (slo:period_error_budget_remaining:ratio{${recorded}})`,
  },
  {
    title: "Requests",
    unit: "reqps",
    expr: byService("service:requests:rate5m"),
  },
  {
    title: "Server errors",
    unit: "percentunit",
    expr: byService("service:server_errors:ratio_rate5m"),
  },
  {
    title: "p99",
    unit: "s",
    expr: byService("service:request_duration_seconds:p99_rate5m"),
  },
  {
    title: "Pods",
    unit: "short",
    expr: byService("service:pods:count"),
  },
];

/** All instrumented services, one row each, the one that burns its budget fastest on top. */
export function fleetDashboard(): ClassicDashboard {
  return classicDashboard({
    uid: "services",
    title: "All services",
    description: "Every instrumented service, the fastest burning one first",
    tags: [TAG],
    from: "now-6h",
    variables: variables(),
    rows: [{ panels: [serviceTable(), buildPanel(burnRates), buildPanel(budgets)] }],
  });
}

function serviceTable(): Builder<dashboard.Panel> {
  const builder = new table.PanelBuilder()
    .title("Services")
    .description(
      `A row for each service, its worst objective first. Burn rate 1 spends the budget in exactly ${SLO_PERIOD_DAYS} days. A name leads to the service's dashboard.`,
    )
    .datasource(DATASOURCE)
    .unit("short")
    .span(24)
    .height(12)
    .withTransformation({ id: "merge", options: {} })
    .withTransformation({ id: "organize", options: organize() })
    .sortBy([new common.TableSortByFieldStateBuilder().displayName(BURN_RATE).desc(true)])
    .overrideByName("service", [{ id: "links", value: [serviceLink] }]);
  columns.forEach(({ expr, title, unit }, index) => {
    builder
      .withTarget(
        new prometheus.DataqueryBuilder()
          .datasource(DATASOURCE)
          .expr(expr)
          .instant()
          .format(prometheus.PromQueryFormat.Table)
          .refId(refId(index)),
      )
      .overrideByName(title, [{ id: "unit", value: unit }]);
  });
  return builder;
}

/** After `merge` the columns are called Value #A, Value #B and so on. */
const organize = () => ({
  excludeByName: { Time: true },
  renameByName: Object.fromEntries(
    columns.map(({ title }, index) => [`Value #${refId(index)}`, title]),
  ),
});

/** The uid of service-facts.ts; one too long for it has a hash and is found by its tag only. */
const serviceLink = {
  title: "Dashboard of this service",
  url: "/d/service-${__data.fields.namespace}-${__data.fields.service}",
};

const burnRates: Panel = {
  title: "Burn rates",
  description: "Over an hour, by service and objective.",
  unit: "none",
  span: 12,
  queries: [
    {
      expr: `slo:sli_error:ratio_rate1h{${recorded}} / slo:error_budget:ratio{${recorded}}`,
      legend: "{{namespace}}/{{service}} {{slo}}",
    },
  ],
};

const budgets: Panel = {
  title: "Budget left",
  description: `Share of the error budget of the last ${SLO_PERIOD_DAYS} days, by service and objective.`,
  unit: "percentunit",
  span: 12,
  queries: [
    {
      expr: `slo:period_error_budget_remaining:ratio{${recorded}}`,
      legend: "{{namespace}}/{{service}} {{slo}}",
    },
  ],
};

const variables = () => [
  new dashboard.DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"),
  everyValue("job", "Job", "label_values(service:pods:count, service)"),
  everyValue(
    "namespace",
    "Namespace",
    'label_values(service:pods:count{service=~"$job"}, namespace)',
  ),
];

const everyValue = (name: string, label: string, query: string) =>
  new dashboard.QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query(query)
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .multi(true)
    .includeAll(true)
    .allValue(".+")
    .current({ text: "All", value: "$__all" });

/** Two servers of Prometheus record the same series. */
function byService(record: string): string {
  return `max by (namespace, service) (${record}{${recorded}})`;
}

const refId = (index: number): string => String.fromCharCode("A".charCodeAt(0) + index);
