import Table from "cli-table3";
import { Command } from "commander";
import { createColors } from "picocolors";
import { appsInstalled, SERVICE_FOLDER } from "./apps";
import { findPrograms, type Programs, versionOf } from "./programs";
import { isEmpty, prove, type ProofResult } from "./prove";

/** 0: proven; 1: not as it should be; 2: could not be tried. */
const NOT_PROVEN = 1;
const NOT_TRIED = 2;

const colours = createColors(process.stdout.isTTY);

new Command("prove")
  .description(
    "Lets a real Prometheus scrape the real services and a real Alertmanager deliver their alerts, " +
      "on loopback, and asks every dashboard's questions. Takes about 3 minutes.",
  )
  .option("--json", "prints the result as JSON")
  .addHelpText(
    "after",
    "\nExit codes: 0 proven, 1 a panel, rule or alert is not as it should be, 2 something is missing.",
  )
  .action(async ({ json = false }: { json?: boolean }) => {
    try {
      const programs = programsOrExit();
      const versions = Object.values(programs).map(versionOf).join("; ");
      const result = await prove(programs, progress());
      if (json) console.log(JSON.stringify({ versions, ...result }, undefined, 2));
      else print(result, versions);
      process.exitCode = result.problems.length === 0 ? 0 : NOT_PROVEN;
    } catch (error) {
      console.error(error instanceof Error ? error.message : String(error));
      process.exitCode = NOT_PROVEN;
    }
  })
  .parse();

function programsOrExit(): Programs {
  try {
    if (!appsInstalled()) {
      throw new Error(
        `${SERVICE_FOLDER}: its dependencies are not installed. Run: npm ci --prefix ${SERVICE_FOLDER}`,
      );
    }
    return findPrograms();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(NOT_TRIED);
  }
}

/** On stderr, so that stdout is the result; on a terminal one line that is overwritten. */
function progress(): (what: string) => void {
  if (!process.stderr.isTTY) return (what) => process.stderr.write(`${what}\n`);
  return (what) => process.stderr.write(`\r\u001b[K${what.slice(0, process.stderr.columns - 1)}`);
}

function print(
  { panels, alerts, cases, swapped, problems, seconds }: ProofResult,
  versions: string,
): void {
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  console.log(`${versions}; ${seconds} s`);
  if (swapped > 0) {
    console.log(
      `${swapped} url_file of webhooks written as url: this Alertmanager is older than the cluster's 0.34.`,
    );
  }
  const asked = panels.filter(({ waitsFor }) => waitsFor.length === 0);
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
  console.log("Not asked, as they wait for an exporter that only a cluster has:");
  for (const { dashboard, panel, waitsFor } of panels.filter((result) => !asked.includes(result))) {
    console.log(`  ${dashboard}, ${panel}: ${waitsFor.join(" and ")}`);
  }
  console.log("Alerts that fired:");
  for (const { alert, service, severity, delivered } of alerts) {
    const arrived = delivered ? colours.green("delivered") : colours.red("not delivered");
    console.log(`  ${[alert, service, `(${severity})`].filter(Boolean).join(" ")}: ${arrived}`);
  }
  console.log(`${cases} cases of promtool and amtool passed.`);
  for (const problem of problems) console.log(colours.red(problem));
  console.log(
    `${asked.length} panels, ${asked.filter(isEmpty).length} empty, ${alerts.length} alerts fired, ` +
      `${alerts.filter(({ delivered }) => delivered).length} delivered`,
  );
}
