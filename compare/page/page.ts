import { readFileSync } from "node:fs";
import path from "node:path";
import { html } from "htm/preact";
import { frame } from "../../simulation/page/frame";
import type { Section } from "../../simulation/page/section";
import { table } from "../../simulation/page/table";
import type { Changes, Comparison } from "../comparison";
import { type Section as Part, sections, subject, TITLE } from "../sections";
import { resourceTable, watchedTable } from "./change-tables";
import { summary } from "./summary";
import { totalCharts } from "./total-charts";

const MOST_BYTES = 300_000;
/** Of a changed value: the first that makes a page which is small enough. */
const MOST_LINES = [2_000, 200, 20, 0];

/** The comparison as one HTML file, for who would rather look. */
export function page(comparison: Comparison): string {
  const parts = sections(comparison);
  const css = readFileSync(path.join(__dirname, "changes.css"), "utf8");
  let text = "";
  for (const mostLines of MOST_LINES) {
    text = frame({
      title: TITLE,
      what: `Stack ${subject(comparison)}.`,
      summary: summary(comparison, parts),
      sections: parts.map((part) => ({ ...section(part, comparison, mostLines), css })),
    });
    if (Buffer.byteLength(text) <= MOST_BYTES) break;
  }
  return text;
}

function section(part: Part, { before, after, changes }: Comparison, mostLines: number): Section {
  const { id, title, isDanger } = part;
  const body = () => {
    if (changes && id === "resources") return resourceTable(changes.resources, mostLines);
    if (changes && id === "watched") return watchedTable(changes.watched, mostLines);
    if (changes && id === "settings") return settingTable(changes);
    if (changes && id === "totals")
      return html`${totalCharts(before, after, changes.bill)} ${plain(part)}`;
    return plain(part);
  };
  return {
    id,
    title: isDanger ? `⚠ ${title}` : title,
    body: isDanger ? html`<div class="danger">${body()}</div>` : body(),
  };
}

/** As the text report has it. */
const plain = ({ head, rows = [], right = [], sentences = [] }: Part) =>
  head
    ? table({ head, rows, numbers: right })
    : html`<ul>
        ${sentences.map((each) => html`<li class="lines">${each}</li>`)}
      </ul>`;

/** Values in full. */
const settingTable = ({ settings }: Changes) =>
  table({
    head: ["key", "what", "before", "after"],
    rows: settings.map(({ key, what, before, after }) => [key, what, before, after]),
  });
