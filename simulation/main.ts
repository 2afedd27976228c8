import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import { Command, InvalidArgumentError, Option } from "commander";
import { orderProblems } from "./account/up-order";
import { keptByNpm, useColor } from "./command-environment";
import type * as htmlPage from "./page/page";
import { writePage } from "./page/page-file";
import { recordStack } from "./record-stack";
import { report } from "./report";
import { simulate, simulationDocument } from "./simulate";

interface Options {
  readonly stack: string;
  readonly configFile?: string;
  readonly json?: true;
  readonly html?: string;
}

/** Runs the real index.ts against the simulated cloud and prints what came of it. */
async function main(options: Options): Promise<void> {
  const { stack, configFile, html } = options;
  const recording = await recordStack(stack, configFile === undefined ? {} : { configFile });
  const { cloud } = recording;
  checkOrder(orderProblems(recording.resources));
  const simulation = simulate(stack, recording, cloud);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(simulationDocument(simulation, cloud), null, 2)}\n`);
  } else if (html !== undefined) {
    // What draws it is loaded here only.
    const { page } = createRequire(__filename)("./page/page") as typeof htmlPage;
    process.stdout.write(`${writePage(html, await page(simulation, cloud.account))}\n`);
  } else {
    const color = useColor(process.env, process.stdout.isTTY);
    process.stdout.write(`${report(simulation, cloud, color)}\n`);
  }
}

/** @throws pulumi.RunError with the first problem and the number of the others */
function checkOrder([first, ...others]: readonly string[]): void {
  if (first === undefined) return;
  const more = others.length === 0 ? "" : ` (and ${others.length} more that are out of order)`;
  throw new pulumi.RunError(`pulumi up would fail: ${first}${more}`);
}

function stackName(text: string): string {
  if (/^[\w.-]+$/.test(text)) return text;
  throw new InvalidArgumentError("It must be a name of letters, digits, -, _ and dots.");
}

/** The sentence that `pulumi up` gives; a stack trace only where the program itself is broken. */
function fail(error: unknown): never {
  const known = error instanceof Error ? error : new Error(String(error));
  const isForUser: boolean = pulumi.RunError.isInstance(error);
  const text = isForUser ? known.message : (known.stack ?? known.message);
  process.stderr.write(`error: ${text}\n`);
  process.exit(1);
}

process.on("unhandledRejection", fail);
process.on("uncaughtException", fail);
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // The reader, such as head, has closed the pipe.
  if (error.code === "EPIPE") process.exit(0);
  fail(new pulumi.RunError(`cannot write to standard output: ${error.message}`));
});

const command = new Command("npm start --")
  .description("Runs the stack's program against a simulated AWS account: nothing is created.")
  .option("--stack <name>", "stack whose Pulumi.<name>.yaml is read", stackName, "prod")
  .option("--config-file <file>", "file to read in its place, as the CLI's option of that name")
  .option("--json", "print one JSON document and nothing else (simulation/simulation.schema.json)")
  .addOption(
    new Option(
      "--html <file>",
      "write the report as one page, with pictures, and print its path",
    ).conflicts("json"),
  )
  .allowExcessArguments(false);
const NPM_START = {
  script: "start",
  typed: "npm start --silent",
  flags: ["json"],
  options: ["stack", "config-file", "html"],
};
const kept = keptByNpm(NPM_START, process.env, process.argv);
if (kept !== undefined) fail(new pulumi.RunError(kept));
command.parse();
main(command.opts<Options & Record<string, unknown>>()).catch(fail);
