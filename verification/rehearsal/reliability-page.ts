import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { closingLines, faultTable, killTable, operationTable, type Report } from "./report";

/**
 * Puts the tables of a run into docs/reliability.md: that of operations and those of faults, each where
 * the run had any.
 * @throws Error where the page has no place for them
 */
export function writeReliabilityPage(root: string, report: Report): void {
  const file = path.join(root, "docs", "reliability.md");
  const { date, versions, seed, operations, faults } = report;
  const [ofOperations = "", ofFaults = ""] = closingLines(report);
  const about = `Run on ${date} with seed ${seed}: ${versions}.`;
  let text = readFileSync(file, "utf8");
  if (operations.length > 0) {
    text = replaced(text, "operations", [about, operationTable(operations), `\`${ofOperations}\``]);
  }
  if (faults.length > 0) {
    const parts = [about, faultTable(faults), killTable(faults), `\`${ofFaults}\``];
    text = replaced(text, "faults", parts);
  }
  writeFileSync(file, text);
}

function replaced(text: string, what: string, parts: readonly string[]): string {
  const [begin, end] = [`<!-- ${what}: npm run rehearse -- --write -->`, `<!-- end of ${what} -->`];
  const [before, rest] = text.split(begin);
  const [, after] = rest?.split(end) ?? [];
  if (before === undefined || after === undefined) {
    throw new Error(`docs/reliability.md must hold the lines ${begin} and ${end}`);
  }
  return `${before}${begin}\n\n${parts.join("\n\n")}\n\n${end}${after}`;
}
