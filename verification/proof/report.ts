import Table from "cli-table3";
import { createColors } from "picocolors";
import type { Chart } from "../cluster/chart";
import { isEmpty, type ProofResult, type RanVersion } from "./prove";
import type { CaseResult } from "./rule-cases";

const colours = createColors(process.stdout.isTTY);

/** On stderr, so that stdout is the result; on a terminal one line that is overwritten. */
export function progress(what: string): void {
  if (process.stderr.isTTY) {
    process.stderr.write(`\r\u001b[K${what.slice(0, process.stderr.columns - 1)}`);
  } else {
    process.stderr.write(`${what}\n`);
  }
}

export function printCases({ passed, problems }: CaseResult): void {
  endProgress();
  console.log(`${passed} cases of promtool and amtool passed.`);
  for (const problem of problems) console.log(colours.red(problem));
}

export function printProof(
  result: Omit<ProofResult, "dashboard">,
  cases: CaseResult,
  chart: Chart,
): void {
  endProgress();
  const { panels, alerts, longTerm, versions, problems, seconds } = result;
  console.log(`${versionLine(versions)} ${seconds} s`);
  if (!chart.valuesHaveEffect) {
    console.log(
      "The chart is what Helm rendered for an earlier prod stack: of its values only intervals and " +
        "Alertmanager's configuration had an effect, as the proof put them in their places.",
    );
  }
  const asked = panels.filter(({ waitsFor }) => waitsFor.length === 0);
  printPanels(asked);
  console.log("Not asked, as they wait for an exporter that needs containers:");
  for (const { dashboard, panel, waitsFor } of panels.filter((each) => !asked.includes(each))) {
    console.log(`  ${dashboard}, ${panel}: ${waitsFor.join(" and ")}`);
  }
  console.log("Alerts that fired:");
  for (const { alert, service, severity, delivered } of alerts) {
    const arrived = delivered ? colours.green("delivered") : colours.red("not delivered");
    console.log(`  ${[alert, service, `(${severity})`].filter(Boolean).join(" ")}: ${arrived}`);
  }
  printCases(cases);
  const { series, asked: questions, withData } = longTerm;
  console.log(
    `Long-term storage: ${series.written} of ${series.all} series; ${questions} questions of panels and rules, ` +
      `${withData} of them with an answer, ${longTerm.problems.length} answered otherwise.`,
  );
  for (const problem of problems) console.log(colours.red(problem));
  console.log(
    `${asked.length} panels, ${asked.filter(isEmpty).length} empty, ${alerts.length} alerts fired, ` +
      `${alerts.filter(({ delivered }) => delivered).length} delivered`,
  );
}

function printPanels(asked: ProofResult["panels"]): void {
  const table = new Table({
    head: ["dashboard", "panel", "rows"],
    style: { head: [], border: [] },
    // No line between rows: there are many.
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  for (const result of asked) {
    const rows = (result.rows ?? []).join(" + ");
    table.push([result.dashboard, result.panel, isEmpty(result) ? colours.red(rows) : rows]);
  }
  console.log(table.toString());
}

function versionLine(versions: readonly RanVersion[]): string {
  const list = (version: "shipped" | "ran"): string =>
    versions.map((each) => `${each.program} ${each[version]}`).join(", ");
  return `The chart ships ${list("shipped")}; here ran ${list("ran")}.`;
}

function endProgress(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
}
