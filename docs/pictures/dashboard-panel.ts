import { html } from "htm/preact";
import type {
  Answered,
  AnsweredSeries,
  DashboardAnswers,
  ShownPanel,
} from "../../verification/proof/dashboard-answers";
import { missingHere } from "../../verification/proof/exporters";
import { bars, type Frame, heatMap, type Line, lineChart } from "./dashboard-charts";
import { scaleOf, written } from "./unit";

type AnsweredPanel = ShownPanel<Answered>;

export interface Size {
  readonly width: number;
  readonly height: number;
}

const PADDING = 12;
const TITLE_HEIGHT = 28;
const LEGEND_LINE = 17;
const SWATCH = 22;
/** Width of a letter, rather too much than too little: nothing here can measure text. */
const LETTER = 6.8;
const COLOURS = 8;

/** A panel, or a heading: SVG with its left upper corner at 0. */
export function drawnPanel(panel: AnsweredPanel, size: Size, answers: DashboardAnswers) {
  if (panel.kind === "row") {
    return html`<text class="heading" x="2" y=${size.height - 8}>${panel.title}</text>`;
  }
  const draw = KINDS[panel.kind];
  if (!draw) {
    const known = Object.keys(KINDS).join(", ");
    throw new Error(
      `a panel must be one of ${known}; got ${panel.kind} in ${panel.title}. Fix: a row for it in docs/pictures/dashboard-panel.ts`,
    );
  }
  const hasAnswer = seriesOf(panel).length > 0;
  return html`<rect class="panel" width=${size.width} height=${size.height} rx="4" />
    ${hasAnswer ? draw(panel, size, answers) : withoutAnswer(panel, size)}
    <text class=${`title ${panel.kind}`} x=${PADDING} y="20">${panel.title}</text>`;
}

type Draw = (panel: AnsweredPanel, size: Size, answers: DashboardAnswers) => unknown;

const KINDS: Readonly<Record<string, Draw>> = {
  timeseries: timeSeries,
  stat: single,
  heatmap: heat,
  bargauge: barGauge,
};

function timeSeries(panel: AnsweredPanel, size: Size, answers: DashboardAnswers) {
  const lines = seriesOf(panel).map((series, index): Line => ({
    ...series,
    colour: `var(--line-${(index % COLOURS) + 1})`,
    dashes: index < COLOURS ? "none" : "4 3",
  }));
  const entries = legendEntries(panel, lines);
  const widest = Math.max(...entries.map(({ text }) => text.length)) * LETTER + SWATCH + 8;
  const room = size.width - 2 * PADDING;
  const columns = Math.max(1, Math.floor(room / widest));
  const legendHeight = Math.ceil(entries.length / columns) * LEGEND_LINE + 12;
  const frame = frameOf(panel, size, answers, legendHeight);
  const top = size.height - legendHeight + 13;
  return html`${placed(lineChart(lines, frame))}
  ${entries.map(({ line, text }, index) => {
    const x = PADDING + (index % columns) * (room / columns);
    const y = top + Math.floor(index / columns) * LEGEND_LINE;
    return html`<path
        class="swatch"
        d=${`M${x.toFixed(1)},${y - 4}h16`}
        stroke=${line.colour}
        stroke-dasharray=${line.dashes}
      /><text x=${(x + SWATCH).toFixed(1)} y=${y}>${text}</text>`;
  })}`;
}

/** Each series by its name, with its last value. */
function legendEntries({ unit = "none" }: AnsweredPanel, lines: readonly Line[]) {
  return lines.map((line) => {
    const last = line.values.at(-1) ?? 0;
    return { line, text: `${line.name}: ${written(last, scaleOf(unit, last))}` };
  });
}

/** The colour is that of the highest lower end that the value reaches, as Grafana has it. */
function single(panel: AnsweredPanel, { width, height }: Size) {
  const value = seriesOf(panel)[0]?.values.at(-1) ?? 0;
  const reached = panel.colours.filter(({ from }) => from === null || from <= value).at(-1);
  return html`<rect class=${reached?.colour} width=${width} height=${height} rx="4" />
    <text class="value" x=${width / 2} y=${height / 2 + 20}>
      ${written(value, scaleOf(panel.unit ?? "none", value))}
    </text>`;
}

function heat(panel: AnsweredPanel, size: Size, answers: DashboardAnswers) {
  return placed(heatMap(seriesOf(panel), frameOf(panel, size, answers)));
}

function barGauge(panel: AnsweredPanel, size: Size, answers: DashboardAnswers) {
  return placed(bars(seriesOf(panel), frameOf(panel, size, answers)));
}

/** Honest about what the proof does not run. */
function withoutAnswer({ queries }: AnsweredPanel, { width, height }: Size) {
  const missing = missingHere(queries.map(({ expr }) => expr));
  const why =
    missing.length > 0 ? `The proof runs no ${missing.join(" and no ")}` : "No value in this time";
  return html`<text class="quiet centred" x=${width / 2} y=${height / 2 + 8}>${why}</text>`;
}

const seriesOf = ({ queries }: AnsweredPanel): AnsweredSeries[] =>
  queries.flatMap(({ series }) => series);

const frameOf = (
  { title, unit = "none" }: AnsweredPanel,
  { width, height }: Size,
  { seconds, step }: DashboardAnswers,
  legendHeight = 4,
): Frame => ({ title, unit, width, height: height - TITLE_HEIGHT - legendHeight, seconds, step });

const placed = (svg: string) =>
  html`<g
    transform=${`translate(0 ${TITLE_HEIGHT})`}
    dangerouslySetInnerHTML=${{ __html: svg }}
  />`;
