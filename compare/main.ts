import { createRequire } from "node:module";
import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { keptByNpm, useColor } from "../simulation/command-environment";
import { writePage } from "../simulation/page/page-file";
import { compare, type Comparison } from "./comparison";
import type * as htmlPage from "./page/page";
import { markdownReport, textReport } from "./report";
import { runSide } from "./side";
import { type Chosen, withSides } from "./sides";

interface Options extends Pick<Chosen, "stack"> {
  readonly configFile?: readonly string[];
  readonly json?: true;
  readonly markdown?: true;
  readonly html?: string;
}

const ROOT = path.join(__dirname, "..");

function stackName(text: string): string {
  if (/^[\w.-]+$/.test(text)) return text;
  throw new InvalidArgumentError("It must be a name of letters, digits, -, _ and dots.");
}

function oneOrTwoFiles(file: string, earlier: readonly string[] = []): readonly string[] {
  if (earlier.length < 2) return [...earlier, file];
  throw new InvalidArgumentError("There are two sides: it can be given twice.");
}

const command = new Command("npm run compare --")
  .description(
    "What pulumi up would change: runs the program of both sides in the simulated cloud and tells what differs, " +
      "the dangerous first. Nothing is created, and the working tree is not touched.",
  )
  .argument("[ref]", "commit to compare with (default: HEAD; none where two files are given)")
  .argument("[other]", "commit that it becomes (default: the working tree)")
  .option(
    "--stack <name>",
    "stack whose Pulumi.<name>.yaml is read on both sides",
    stackName,
    "prod",
  )
  .option(
    "--config-file <file>",
    "file to read in its place; given twice, the first is the side before and the second the side after",
    oneOrTwoFiles,
  )
  .option("--json", "print one JSON document with everything, and nothing else")
  .option("--markdown", "print the report for a pull request")
  .option(
    "--html <file>",
    "write everything as one page, with pictures; its path is printed where neither of the above is",
  )
  .addHelpText("after", "\nExit code: 0 where both sides have run, whatever differs; else 1.")
  .allowExcessArguments(false);

async function main(refs: readonly string[], options: Options, signal: AbortSignal): Promise<void> {
  const chosen = { root: ROOT, refs, stack: options.stack, configFiles: options.configFile ?? [] };
  await withSides(chosen, signal, async (...sides) => {
    const [before, after] = await Promise.all([
      runSide(sides[0], signal),
      runSide(sides[1], signal),
    ]);
    const comparison = await compare(before, after, signal);
    // Before the checkouts are removed, which takes time where one has packages of its own.
    const file = options.html === undefined ? undefined : written(options.html, comparison);
    const isPath = file !== undefined && !options.json && !options.markdown;
    process.stdout.write(`${isPath ? file : printed(comparison, options)}\n`);
    process.exitCode = comparison.changes ? 0 : 1;
  });
}

/** @returns the page's path */
function written(file: string, comparison: Comparison): string {
  // What draws it is loaded here only.
  const { page } = createRequire(__filename)("./page/page") as typeof htmlPage;
  return writePage(file, page(comparison));
}

function printed(comparison: Comparison, { json, markdown }: Options): string {
  if (json) return JSON.stringify(comparison, null, 2);
  if (markdown) return markdownReport(comparison);
  return textReport(comparison, useColor(process.env, process.stdout.isTTY));
}

const fail = (error: unknown): void => {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode ??= 1;
};

// A reader, such as head, that has closed the pipe has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") fail(error);
});

const NPM_COMPARE = {
  script: "compare",
  typed: "npm run compare --silent",
  flags: ["json", "markdown"],
  options: ["stack", "config-file", "html"],
};
const kept = keptByNpm(NPM_COMPARE, process.env, process.argv);
if (kept !== undefined) {
  fail(kept);
} else {
  command.parse();
  // What was checked out is removed on the way out, too.
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      process.exitCode = 130;
      interrupted.abort();
    });
  }
  main(command.args, command.opts<Options>(), interrupted.signal).catch(fail);
}
