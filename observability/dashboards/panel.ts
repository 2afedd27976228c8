import * as bargauge from "@grafana/grafana-foundation-sdk/bargauge";
import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import * as common from "@grafana/grafana-foundation-sdk/common";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import * as heatmap from "@grafana/grafana-foundation-sdk/heatmap";
import * as prometheus from "@grafana/grafana-foundation-sdk/prometheus";
import * as stat from "@grafana/grafana-foundation-sdk/stat";
import * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";

/** Grafana's ids of units: percentunit is 0 to 1, s is seconds, none is a bare number. */
export type Unit = "short" | "none" | "percentunit" | "s" | "bytes" | "reqps" | "ops";

/** One panel, as plain data; `buildPanel` knows how Grafana wants it written. */
export interface Panel {
  readonly title: string;
  /** What it shows and what to think of it; behind the panel's "i". */
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly PanelQuery[];
  /** stat and bargauge ask for one value at the end of the time range. @default "timeseries" */
  readonly kind?: "timeseries" | "stat" | "bargauge" | "heatmap";
  /** Width in 24ths of the screen. @default 8 */
  readonly span?: number;
  /** Lower ends of the colours, from -Infinity upwards. @default one neutral colour */
  readonly colours?: readonly { readonly from: number; readonly colour: Colour }[];
}

export interface PanelQuery {
  readonly expr: string;
  /** Grafana's template over the labels, such as "{{route}}". */
  readonly legend: string;
}

export type Colour = "green" | "orange" | "red";

/** Of a share of a limit that must not be reached. */
export const NEAR_LIMIT: NonNullable<Panel["colours"]> = [
  { from: -Infinity, colour: "green" },
  { from: 0.8, colour: "orange" },
  { from: 0.9, colour: "red" },
];

export const DATASOURCE = { type: "prometheus", uid: "$datasource" };
const HEIGHT = 8;
const SPAN = 8;

export function buildPanel(panel: Panel): Builder<dashboard.Panel> {
  const { kind = "timeseries" } = panel;
  const builder = { timeseries: timeSeries, stat: single, bargauge: bars, heatmap: heat }[kind]();
  builder
    .title(panel.title)
    .description(panel.description)
    .datasource(DATASOURCE)
    .unit(panel.unit)
    .span(panel.span ?? SPAN)
    .height(HEIGHT)
    .thresholds(thresholds(panel.colours ?? []));
  panel.queries.forEach((query, index) => builder.withTarget(target(query, kind, index)));
  return builder;
}

function timeSeries() {
  return new timeseries.PanelBuilder()
    .min(0)
    .fillOpacity(10)
    .showPoints(common.VisibilityMode.Never)
    .legend(
      new common.VizLegendOptionsBuilder()
        // Off unless asked for, as are the columns.
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.Table)
        .placement(common.LegendPlacement.Bottom)
        .calcs(["mean", "max", "lastNotNull"]),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder()
        .mode(common.TooltipDisplayMode.Multi)
        .sort(common.SortOrder.Descending),
    );
}

const single = () =>
  new stat.PanelBuilder()
    .colorMode(common.BigValueColorMode.Background)
    .graphMode(common.BigValueGraphMode.None)
    .reduceOptions(lastValue());

const bars = () =>
  new bargauge.PanelBuilder()
    .orientation(common.VizOrientation.Horizontal)
    .displayMode(common.BarGaugeDisplayMode.Basic)
    .reduceOptions(lastValue());

const lastValue = () => new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]);

/** The buckets come ready from Prometheus: nothing to calculate. */
const heat = () => new heatmap.PanelBuilder().calculate(false).showLegend();

function thresholds(colours: NonNullable<Panel["colours"]>) {
  const steps = colours.map(({ from, colour }) => ({
    value: Number.isFinite(from) ? from : null,
    color: colour,
  }));
  return new dashboard.ThresholdsConfigBuilder()
    .mode(dashboard.ThresholdsMode.Absolute)
    .steps(steps.length > 0 ? steps : [{ value: null, color: "text" }]);
}

function target(
  { expr, legend }: PanelQuery,
  kind: NonNullable<Panel["kind"]>,
  index: number,
): Builder<prometheus.Dataquery> {
  const query = new prometheus.DataqueryBuilder()
    .datasource(DATASOURCE)
    .expr(expr)
    .legendFormat(legend)
    .refId(String.fromCharCode("A".charCodeAt(0) + index));
  if (kind === "heatmap") return query.range().format(prometheus.PromQueryFormat.Heatmap);
  return kind === "timeseries" ? query.range() : query.instant();
}
