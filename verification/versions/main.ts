import { Command, InvalidArgumentError } from "commander";
import { createColors } from "picocolors";
import { NOTICE_DAYS } from "../../components/cluster/kubernetes-support";
import { keptByNpm, useColor } from "../../simulation/command-environment";
import { type Colors, plainTable, shownTable } from "../../simulation/plain-table";
import { pinned, type Pinned } from "./pinned";
import { dueInVersions, type MinorSupport, supportOfMinors } from "./support";

interface Options {
  readonly check?: true;
  readonly json?: true;
  readonly today?: Date;
}

const NPM_RUN = {
  script: "versions",
  typed: "npm run versions",
  flags: ["check", "json"],
  options: ["today"],
};

const command = new Command("npm run versions --")
  .description("Which versions the project pins, and how long EKS supports its Kubernetes minors.")
  .option("--check", "end with 1 where versions.ts has to change")
  .option("--json", "print one JSON document and nothing else")
  .option("--today <date>", "count from this day, such as 2027-01-31, in place of today", day)
  .addHelpText(
    "after",
    `\n"pulumi up" warns from ${NOTICE_DAYS} days before the end of a minor's standard support.\n` +
      "Exit codes: 0, or 1 with --check where versions.ts has to change.",
  )
  .allowExcessArguments(false);

function main({ check, json, today = new Date() }: Options): void {
  const kubernetes = supportOfMinors(today);
  const due = dueInVersions(kubernetes);
  const pins = pinned();
  const c = createColors(useColor(process.env, process.stdout.isTTY));
  const text = json
    ? JSON.stringify({ noticeDays: NOTICE_DAYS, kubernetes, due, pinned: pins }, null, 2)
    : [minorTable(kubernetes, c), ...warnings(kubernetes, due, c), pinTable(pins, c)].join("\n\n");
  process.stdout.write(`${text}\n`);
  if (check && due.length > 0) process.exitCode = 1;
}

function minorTable(minors: readonly MinorSupport[], c: Colors): string {
  const table = plainTable(["Kubernetes", "standard support ends", "days left", ""], c, [2]);
  for (const { minor, isDefault, standardSupportEnds, daysLeft, warning } of minors) {
    const days = warning === undefined ? c.green(String(daysLeft)) : c.red(String(daysLeft));
    table.push([minor, standardSupportEnds, days, isDefault ? "default" : ""]);
  }
  return shownTable(table);
}

function warnings(minors: readonly MinorSupport[], due: readonly string[], c: Colors): string[] {
  const ofUp = minors.flatMap(({ warning }) => (warning === undefined ? [] : [warning]));
  return [...ofUp.map((each) => c.yellow(each)), ...due.map((each) => c.red(each))];
}

function pinTable(pins: readonly Pinned[], c: Colors): string {
  const table = plainTable(["pinned", "version", "in"], c);
  for (const { name, version, file } of pins) table.push([name, version, file]);
  return shownTable(table);
}

function day(text: string): Date {
  const date = new Date(`${text}T00:00:00Z`);
  // JavaScript takes 2027-02-31 for a day of March.
  if (!Number.isNaN(date.getTime()) && date.toISOString().startsWith(`${text}T`)) return date;
  throw new InvalidArgumentError("It must be a day such as 2027-01-31.");
}

const kept = keptByNpm(NPM_RUN, process.env, process.argv);
if (kept !== undefined) {
  process.stderr.write(`error: ${kept}\n`);
  process.exitCode = 1;
} else {
  main(command.parse().opts<Options>());
}
