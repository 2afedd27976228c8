import * as Plot from "@observablehq/plot";
import { clock } from "../clock";
import { drawChart } from "./chart";

/** A step of `up` or `destroy`, in seconds from its start. */
export interface Step {
  /** What it is called, once in the chart. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Own, on the critical path, or of a controller. */
  readonly kind: "step" | "critical" | "controller";
}

const ROW_PIXELS = 15;
const COLOURS = {
  step: "var(--step)",
  critical: "var(--critical)",
  controller: "var(--controller)",
};

/** A row a step, with a bar for its time. @returns SVG */
export function timeline(steps: readonly Step[], label: string): string {
  const seconds = Math.max(...steps.map(({ end }) => end));
  return drawChart(label, {
    width: 1200,
    height: steps.length * ROW_PIXELS + 60,
    marginLeft: 300,
    marginRight: 60,
    x: {
      axis: "both",
      domain: [0, seconds],
      ticks: minutes(seconds),
      tickFormat: clock,
      label: null,
      grid: true,
    },
    y: { domain: steps.map(({ name }) => name), label: null, tickSize: 0 },
    color: { type: "identity" },
    marks: [
      Plot.barX(steps, {
        // What takes no time on this clock is seen all the same.
        x1: "start",
        x2: ({ start, end }: Step) => Math.max(end, start + seconds / 400),
        y: "name",
        fill: ({ kind }: Step) => COLOURS[kind],
        insetTop: 2,
        insetBottom: 2,
        title: ({ name, start, end }: Step) => `${name}: ${clock(start)} to ${clock(end)}`,
      }),
    ],
  });
}

const minutes = (seconds: number): number[] =>
  Array.from({ length: Math.floor(seconds / 120) + 1 }, (_, index) => index * 120);
