import { readFileSync } from "node:fs";
import path from "node:path";
import { html } from "htm/preact";
import renderToString from "preact-render-to-string";
import { pageColours } from "../../simulation/page/picture";
import type { DashboardAnswers } from "../../verification/proof/dashboard-answers";
import { drawnPanel } from "./dashboard-panel";

const COLUMN_PIXELS = 50;
const ROW_PIXELS = 30;
const GAP = 8;
const HEADER = 56;

/**
 * A dashboard by what a Prometheus answered to it: Grafana's grid of panels, light or dark as its reader
 * has it. The same for the same answers.
 */
export function dashboardPicture(answers: DashboardAnswers): string {
  const { title, panels } = answers;
  const bottom = Math.max(...panels.map(({ place }) => place.y + place.h)) * ROW_PIXELS;
  const [width, height] = [24 * COLUMN_PIXELS + GAP, HEADER + bottom + GAP];
  const css = readFileSync(path.join(__dirname, "dashboard.css"), "utf8");
  const svg = html`<svg
    xmlns="http://www.w3.org/2000/svg"
    role="img"
    aria-labelledby="title description"
    viewBox=${`0 0 ${width} ${height}`}
    width=${width}
    height=${height}
  >
    <title id="title">Dashboard of ${title}</title>
    <desc id="description">${description(answers)}</desc>
    <style dangerouslySetInnerHTML=${{ __html: `${pageColours()} ${css}` }} />
    <rect class="ground" width=${width} height=${height} />
    <text class="heading" x=${GAP + 2} y="26">${title}</text>
    <text class="quiet" x=${GAP + 2} y="46">${source(answers)}</text>
    ${panels.map((panel) => {
      const { x, y, w, h } = panel.place;
      const size = { width: w * COLUMN_PIXELS - GAP, height: h * ROW_PIXELS - GAP };
      const corner = `${x * COLUMN_PIXELS + GAP} ${HEADER + y * ROW_PIXELS + GAP}`;
      return html`<g transform=${`translate(${corner})`}>${drawnPanel(panel, size, answers)}</g>`;
    })}
  </svg>`;
  return `${renderToString(svg)}\n`;
}

/** What it is and is not, for who sees it without the page around it. */
const source = ({ date, versions }: DashboardAnswers): string =>
  `A preview, not Grafana: what Prometheus ${versions.Prometheus ?? ""} answered on ${date}, by minutes and ` +
  "seconds since the traffic began. Beside each name its last value.";

/** What is to be seen, for who cannot see it. */
function description({ panels }: DashboardAnswers): string {
  const titles = panels.filter(({ kind }) => kind !== "row").map(({ title }) => title);
  return `${titles.length} panels: ${titles.join("; ")}.`;
}
