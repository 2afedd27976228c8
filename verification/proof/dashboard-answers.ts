import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Panel, RowPanel } from "@grafana/grafana-foundation-sdk/dashboard";
import * as prettier from "prettier";
import type { ClassicDashboard } from "../../observability/dashboards/classic-dashboard";
import type { PrometheusApi, RangeSeries } from "./prometheus-api";
import { substitute, type Variables } from "./promql";

/** The picture of the dashboard in the docs is drawn from this file. */
export const ANSWERS_FILE = path.join(__dirname, "..", "..", "docs", "pictures", "dashboard.json");

/** A dashboard, and what a Prometheus answered to it. */
export interface DashboardAnswers {
  readonly title: string;
  /** Of the answers, such as "2026-11-28". */
  readonly date: string;
  /** Of what was run, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** How long there was traffic before the answers; they begin with it. */
  readonly seconds: number;
  /** Seconds between two answers. */
  readonly step: number;
  readonly panels: readonly ShownPanel<Answered>[];
}

/** What decides how a panel looks. */
export interface ShownPanel<Asked extends Query = Query> {
  readonly title: string;
  /** Grafana's type of panel, such as "timeseries"; "row" is a heading. */
  readonly kind: string;
  /** Columns of 24, and rows. */
  readonly place: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  /** Grafana's id, such as "percentunit"; headings have none. */
  readonly unit?: string;
  /** Lower ends of colours; null is -Infinity. */
  readonly colours: readonly { readonly from: number | null; readonly colour: string }[];
  readonly queries: readonly Asked[];
}

interface Query {
  readonly expr: string;
  /** Grafana's template over the labels, such as "{{route}}". */
  readonly legend: string;
  /** Asks for one value at the end. */
  readonly instant: boolean;
}

export interface Answered extends Query {
  readonly series: readonly AnsweredSeries[];
}

export interface AnsweredSeries {
  readonly name: string;
  /** Seconds from the begin, of each value; where there is none, the series has a gap. */
  readonly at: readonly number[];
  readonly values: readonly number[];
}

interface Span {
  /** Whole seconds since 1970. */
  readonly start: number;
  readonly end: number;
}

/** Grafana's, where Prometheus scrapes every 5 s as it does in the proof. */
const STEP_SECONDS = 5;
const DIGITS = 4;

/** What a dashboard shows, from top to bottom, without answers. */
export const shownPanels = ({ panels }: ClassicDashboard): ShownPanel[] => panels.map(shownPanel);

/** Asks what Grafana would ask for every panel. */
export async function askDashboard(
  prometheus: PrometheusApi,
  dashboard: ClassicDashboard,
  variables: Variables,
  span: Span,
): Promise<Omit<DashboardAnswers, "versions">> {
  const answered: ShownPanel<Answered>[] = [];
  for (const panel of shownPanels(dashboard)) {
    const queries: Answered[] = [];
    for (const query of panel.queries) {
      const series = await ask(prometheus, substitute(query.expr, variables), query.instant, span);
      const kept = series.map((each) => keptSeries(each, query.legend, span));
      // Prometheus answers in any order: so a pod has the same colour in every panel.
      kept.sort((a, b) => (a.name < b.name ? -1 : 1));
      queries.push({ ...query, series: kept });
    }
    answered.push({ ...panel, queries });
  }
  return {
    title: dashboard.title,
    date: new Date(span.end * 1000).toISOString().slice(0, 10),
    seconds: span.end - span.start,
    step: STEP_SECONDS,
    panels: answered,
  };
}

export async function writeAnswers(answers: DashboardAnswers): Promise<void> {
  const options = await prettier.resolveConfig(ANSWERS_FILE);
  const json = await prettier.format(JSON.stringify(answers), { ...options, parser: "json" });
  writeFileSync(ANSWERS_FILE, json);
}

function shownPanel(panel: Panel | RowPanel): ShownPanel {
  const { title = "", gridPos } = panel;
  const { x = 0, y = 0, w = 0, h = 0 } = gridPos ?? {};
  const heading = { title, kind: panel.type, place: { x, y, w, h }, colours: [], queries: [] };
  if (!isPanel(panel)) return heading;
  const { unit, thresholds } = panel.fieldConfig?.defaults ?? {};
  return {
    ...heading,
    ...(unit !== undefined && { unit }),
    colours: (thresholds?.steps ?? []).map(({ value, color }) => ({ from: value, colour: color })),
    queries: (panel.targets ?? []).map((target) => {
      const { expr = "", legendFormat = "", instant = false } = target as PrometheusTarget;
      return { expr, legend: legendFormat, instant };
    }),
  };
}

const isPanel = (panel: Panel | RowPanel): panel is Panel => panel.type !== "row";

interface PrometheusTarget {
  readonly expr?: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
}

async function ask(
  prometheus: PrometheusApi,
  expr: string,
  instant: boolean,
  { start, end }: Span,
): Promise<RangeSeries[]> {
  if (!instant) return prometheus.range(expr, { start, end, step: STEP_SECONDS });
  const values = await prometheus.labelledValues(expr, end);
  return values.map(({ labels, value }) => ({ metric: labels, values: [[end, value]] }));
}

function keptSeries(
  { metric, values }: RangeSeries,
  legend: string,
  { start }: Span,
): AnsweredSeries {
  const numbers = values
    .map(([at, value]) => ({ at: at - start, value: Number(value) }))
    .filter(({ value }) => Number.isFinite(value));
  return {
    name: legend.replace(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? ""),
    at: numbers.map(({ at }) => at),
    values: numbers.map(({ value }) => Number(value.toPrecision(DIGITS))),
  };
}
