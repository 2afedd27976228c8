import Table from "cli-table3";
import { Command } from "commander";
import { dependencies } from "../../package.json";
import { findCli } from "../rehearsal/cli";
import { growthMeasurements, measureGrowth } from "../rehearsal/growth";
import type { Measurement } from "./measurement";
import { measureStart } from "./start";
import { measureUp } from "./up";

async function main(): Promise<void> {
  const progress = (text: string) => process.stderr.write(`${text}\n`);
  progress("Program start, source against compiled JavaScript (least-median-most) ...");
  const measurements: Measurement[] = [measureStart(progress)];
  progress("Simulated up, against the longest chain that EKS forces ...");
  measurements.push(await measureUp());
  progress("One stack with more and more services, on the real engine ...");
  const cli = await findCli(dependencies["@pulumi/pulumi"]);
  if ("missing" in cli) progress(`SKIPPED: ${cli.missing}`);
  else measurements.push(...growthMeasurements(await measureGrowth(cli, [1, 10, 100], progress)));

  const table = new Table({
    head: ["what", "figure", "against", "ratio", "most"],
    style: { head: [], border: [] },
  });
  for (const { what, figure, against, ratio, most } of measurements) {
    table.push([what, figure, against, ratio.toFixed(2), most.toFixed(2)]);
  }
  process.stdout.write(`${table.toString()}\n`);
  const over = measurements.filter(({ ratio, most }) => ratio > most);
  for (const { what, ratio, most } of over) {
    process.stderr.write(
      `error: the ratio of "${what}" must be at most ${most.toFixed(2)}; got ${ratio.toFixed(2)}\n`,
    );
  }
  process.exitCode = over.length > 0 ? 1 : 0;
}

new Command("npm run bench --")
  .description(
    "Measures what is used all day, as ratios within this run. Exits 1 when one is too large.",
  )
  .allowExcessArguments(false)
  .parse();
void main();
