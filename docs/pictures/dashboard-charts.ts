import * as Plot from "@observablehq/plot";
import { clock } from "../../simulation/clock";
import { drawChart } from "../../simulation/page/chart";
import type { AnsweredSeries } from "../../verification/proof/dashboard-answers";
import { scaleOf, written } from "./unit";

/** What the charts of panels have in common. */
export interface Frame {
  readonly title: string;
  readonly unit: string;
  readonly width: number;
  readonly height: number;
  /** Time that all of them show, from 0. */
  readonly seconds: number;
  /** Between two answers. */
  readonly step: number;
}

/** A series, and how its line looks. */
export interface Line extends AnsweredSeries {
  readonly colour: string;
  readonly dashes: string;
}

const MARGINS = { marginTop: 10, marginRight: 14, marginBottom: 22, marginLeft: 72 };
const TICK_SECONDS = 60;
const STRONG = "var(--line-1)";

/** A line a series over time, from 0 upwards. @returns SVG */
export function lineChart(lines: readonly Line[], frame: Frame): string {
  const most = Math.max(0, ...lines.flatMap(({ values }) => values));
  const scale = scaleOf(frame.unit, most);
  return chart(frame, {
    y: {
      domain: [0, most === 0 ? 1 : most / scale.factor],
      nice: true,
      tickSpacing: 30,
      tickFormat: (value: number) => written(value * scale.factor, scale),
      tickSize: 0,
      label: null,
      grid: true,
    },
    marks: lines.map((line) =>
      Plot.line(withGaps(line, frame.step), {
        x: "at",
        y: ({ value }: Point) => value / scale.factor,
        stroke: line.colour,
        strokeDasharray: line.dashes,
        strokeWidth: 1.5,
        // A value between two gaps is a point.
        strokeLinecap: "round",
      }),
    ),
  });
}

/** How much is between two bounds, over time; series are cumulative, named by their upper bound. @returns SVG */
export function heatMap(series: readonly AnsweredSeries[], frame: Frame): string {
  const bounds = [...series].sort((a, b) => bound(a) - bound(b));
  const cells = bounds.flatMap((upper, index) => cellsBetween(bounds[index - 1], upper));
  const most = Math.max(...cells.map(({ value }) => value));
  return chart(frame, {
    marginTop: 18,
    y: {
      domain: bounds.map(({ name }) => name).reverse(),
      // Every second one has room.
      ticks: bounds.map(({ name }) => name).filter((_, index) => index % 2 === 0),
      tickFormat: (name: string) => upTo(name, frame.unit),
      tickSize: 0,
      label: null,
    },
    marks: [
      Plot.barX(
        cells.filter(({ value }) => value > 0),
        {
          x1: ({ at }: Point) => at - frame.step,
          x2: "at",
          y: "bound",
          fill: STRONG,
          fillOpacity: ({ value }: Point) => Number((value / most).toFixed(2)),
          inset: 0.5,
        },
      ),
      Plot.text([`full colour: ${written(most, scaleOf("reqps", most))}`], {
        frameAnchor: "top-right",
        lineAnchor: "bottom",
        dy: -4,
      }),
    ],
  });
}

/** A bar a series with its name and value, the longest on top. @returns SVG */
export function bars(series: readonly AnsweredSeries[], frame: Frame): string {
  const data = series
    .map(({ name, values }) => ({ name, value: values.at(-1) ?? 0 }))
    .sort((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1));
  const most = data[0]?.value ?? 0;
  const scale = scaleOf(frame.unit, most);
  return part(frame, {
    marginTop: 4,
    marginBottom: 6,
    marginLeft: 12,
    x: { axis: null, domain: [0, most] },
    y: { axis: null, domain: data.map(({ name }) => name) },
    marks: [
      Plot.barX(data, { x: "value", y: "name", fill: STRONG, fillOpacity: 0.4, inset: 1 }),
      Plot.text(data, { x: 0, y: "name", text: "name", textAnchor: "start", dx: 6 }),
      Plot.text(data, {
        x: most,
        y: "name",
        text: ({ value }: { value: number }) => written(value, scale),
        textAnchor: "end",
        dx: -6,
      }),
    ],
  });
}

interface Point {
  readonly at: number;
  readonly value: number;
}

/** Over time, in minutes and seconds. */
function chart(frame: Frame, options: Plot.PlotOptions): string {
  const ticks = Array.from(
    { length: Math.floor(frame.seconds / TICK_SECONDS) + 1 },
    (_, index) => index * TICK_SECONDS,
  );
  return part(frame, {
    x: { domain: [0, frame.seconds], ticks, tickFormat: clock, tickSize: 0, label: null },
    ...options,
  });
}

/**
 * A part of a picture: without Plot's styles, which are for an SVG that fills the width of a page, and with a
 * digit after the point of what is drawn.
 */
const part = ({ title, width, height }: Frame, options: Plot.PlotOptions): string =>
  drawChart(title, { width, height, ...MARGINS, ...options })
    .replace(/<style>.*?<\/style>/s, "")
    .replace(/="[^"]*"/g, (attribute) =>
      attribute.replace(/-?\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(1)))),
    );

/** Not a number breaks a line. */
function withGaps({ at, values }: AnsweredSeries, step: number): Point[] {
  return at.flatMap((time, index) => {
    const point = { at: time, value: values[index] ?? NaN };
    const before = at[index - 1];
    return before !== undefined && time - before > step
      ? [{ at: before + step, value: NaN }, point]
      : [point];
  });
}

/** What is above one bound, and not above the next. */
const cellsBetween = (lower: AnsweredSeries | undefined, upper: AnsweredSeries) =>
  upper.at.map((at, index) => ({
    at,
    bound: upper.name,
    // Answers are rounded: a little more can seem to be below.
    value: Math.max(0, (upper.values[index] ?? 0) - valueAt(lower, at)),
  }));

const bound = ({ name }: AnsweredSeries): number => (name === "+Inf" ? Infinity : Number(name));

const valueAt = (series: AnsweredSeries | undefined, time: number): number =>
  series?.values[series.at.indexOf(time)] ?? 0;

const upTo = (name: string, unit: string): string =>
  name === "+Inf" ? "more" : `≤ ${written(Number(name), scaleOf(unit, Number(name)))}`;
