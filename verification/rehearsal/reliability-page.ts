import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { closingLines, faultTable, killTable, operationTable, type Report } from "./report";

const BEGIN = "<!-- rehearsal: begin; written by `npm run rehearse -- --all --write` -->";
const END = "<!-- rehearsal: end -->";

/** Puts the tables of a run between the markers of docs/reliability.md. @throws Error without markers */
export function writeReliabilityPage(root: string, report: Report): void {
  const file = path.join(root, "docs", "reliability.md");
  const text = readFileSync(file, "utf8");
  const [before, rest] = text.split(BEGIN);
  const [, after] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined) {
    throw new Error(`${file} must hold the markers ${BEGIN} and ${END}`);
  }
  const { date, versions, seed, operations, faults } = report;
  const about = `Run on ${date} with seed ${seed}: ${versions}.`;
  const parts = [
    about,
    operationTable(operations),
    faultTable(faults),
    killTable(faults),
    closingLines(report).join("\n"),
  ];
  writeFileSync(file, `${before}${BEGIN}\n\n${parts.join("\n\n")}\n\n${END}${after}`);
}
