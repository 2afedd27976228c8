import Table from "cli-table3";
import { Command } from "commander";
import { findTools } from "../rehearsal/tools";
import { type Growth, growthMeasurements, measureGrowth } from "./growth";
import type { Measurement } from "./measurement";
import { measureStarts } from "./start";
import { measureUp } from "./up";

interface Options {
  readonly kubeconfig?: string;
  readonly chart?: string;
}

const SIZES = [1, 10, 50];

async function main(options: Options): Promise<void> {
  const progress = (text: string) => process.stderr.write(`${text}\n`);
  progress("Program start (least-median-most) ...");
  const measurements: Measurement[] = measureStarts(progress);
  progress("Simulated up, against the longest chain that EKS forces ...");
  measurements.push(await measureUp());
  progress("One stack with more and more services, on a real Kubernetes ...");
  const tools = await findTools(options);
  const measured = "missing" in tools ? [] : await measureGrowth(tools, SIZES, progress);
  if ("missing" in tools) {
    progress(`${options.kubeconfig === undefined ? "SKIPPED" : "error"}: ${tools.missing}`);
    if (options.kubeconfig !== undefined) process.exitCode = 1;
  } else {
    measurements.push(...growthMeasurements(measured));
    process.stdout.write(`${growthTable(measured)}\n`);
  }

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
  if (over.length > 0) process.exitCode = 1;
}

/** Seconds and MiB of each size; what writing the state after each step costs, for itself. */
function growthTable(measured: readonly Growth[]): string {
  const table = new Table({
    head: [
      "services",
      "resources",
      "first up, s",
      "of it writing the state, s",
      "no change, s",
      "of it the program, s",
      "refresh, s",
      "program, MiB",
      "engine, MiB",
      "provider, MiB",
    ],
    style: { head: [], border: [] },
  });
  for (const growth of measured) {
    const { firstUp, firstUpWithState, secondUp, program, refresh } = growth;
    const times = [firstUpWithState, firstUpWithState - firstUp, secondUp, program, refresh];
    const memory = [growth.programMemory, growth.engineMemory, growth.providerMemory];
    table.push([
      growth.services,
      growth.resources,
      ...times.map((seconds) => seconds.toFixed(seconds < 10 ? 2 : 1)),
      ...memory.map((mebibytes) => mebibytes.toFixed(0)),
    ]);
  }
  return table.toString();
}

const command = new Command("npm run bench --")
  .description(
    "Measures what is used all day, as ratios within this run. Exits 1 when one is too large.",
  )
  .option("--kubeconfig <file>", "of a cluster whose nodes are all played by kwok; it is emptied")
  .option("--chart <folder>", "kube-prometheus-stack; default: rendered manifests, where they are")
  .allowExcessArguments(false)
  .parse();
void main(command.opts<Options>());
