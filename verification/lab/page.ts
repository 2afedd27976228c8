import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { markdownTable } from "markdown-table";
import * as prettier from "prettier";
import { CONTENDERS, TITLES } from "./contenders";
import { REAL_TIME_HEAD, realTimeRows } from "./real-time";
import { closingLine, HEAD, type LabDocument, tableRow, whatTold } from "./report";

const ROOT = path.join(__dirname, "..", "..");
export const PAGE = path.join(ROOT, "docs", "alerting.md");
/** What the last whole run found. */
const RESULTS = path.join(__dirname, "results.json");

const BEGIN = "<!-- lab: npm run lab -- --write -->";
const END = "<!-- end of lab -->";

export const recorded = (): LabDocument => JSON.parse(readFileSync(RESULTS, "utf8")) as LabDocument;

/** Keeps the result, and makes the page's part anew. */
export async function writePage(document: LabDocument): Promise<void> {
  const json = await prettier.format(JSON.stringify(document), {
    ...(await style()),
    parser: "json",
  });
  writeFileSync(RESULTS, json);
  writeFileSync(PAGE, await pageWith(document, readFileSync(PAGE, "utf8")));
}

/** @returns the page's text with the part that a run makes */
export async function pageWith(document: LabDocument, text: string): Promise<string> {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) {
    throw new Error(`docs/alerting.md must hold the lines ${BEGIN} and ${END}`);
  }
  const made = `${text.slice(0, begin)}${BEGIN}\n\n${part(document)}\n\n${text.slice(end)}`;
  return prettier.format(made, { ...(await style()), parser: "markdown" });
}

const style = () => prettier.resolveConfig(PAGE);

function part(document: LabDocument): string {
  const { incidents, measures, ordinary, realTime, seeds } = document;
  const who = CONTENDERS.filter((each) => measures[each]);
  const percent = (share: number | undefined) =>
    share === undefined ? "no page" : `${Math.round(share * 100)} %`;
  const minutes = (time: number | undefined) => (time === undefined ? "" : `${time} min`);
  return [
    `Seeds 1 to ${seeds} of each incident: times are medians, and the worst where it differs.`,
    markdownTable([[...HEAD], ...incidents.map(tableRow)]),
    "When others would have told of the same, by the same samples:",
    markdownTable([
      ["Incident", "Deserves", ...who.map((each) => TITLES[each])],
      ...incidents.map((summary) => [
        summary.wrong,
        summary.expected,
        ...who.map((each) => whatTold(summary, each)),
      ]),
    ]),
    `Of pages, as the SRE Workbook measures them, and what ${ordinary.days} ordinary days brought:`,
    markdownTable([
      ["Rules", "Precision", "Recall", "Detection", "Reset", "False pages", "Tickets"],
      ...who.map((each) => [
        TITLES[each],
        percent(measures[each]?.precision),
        percent(measures[each]?.recall),
        minutes(measures[each]?.detection),
        minutes(measures[each]?.reset),
        String(ordinary.pages[each] ?? 0),
        String(ordinary.tickets[each] ?? 0),
      ]),
    ]),
    ...(realTime
      ? [
          `What Alertmanager tells of ${realTime.incident} with seed ${realTime.seed}, in real time and ` +
            `${realTime.factor} times faster, after the first alert fired:`,
          markdownTable([[...REAL_TIME_HEAD], ...realTimeRows(realTime)]),
        ]
      : []),
    `\`${closingLine(document)}\``,
  ].join("\n\n");
}
