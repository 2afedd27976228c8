import { readFileSync } from "node:fs";
import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { parse } from "yaml";
import type { Check, Stage } from "./checks";
import { type Cli, findCli, installCli } from "./cli";
import { destroyChecks } from "./destroy-checks";
import { Engine } from "./engine";
import { faultChecks } from "./fault-checks";
import { upChecks } from "./up-checks";
import { ROOT } from "./engine-setup";
import { type CheckResult, closingLine, printed, type Report } from "./report";
import { updateChecks } from "./update-checks";

interface Options {
  readonly all?: true;
  readonly installCli?: true;
  readonly json?: true;
  readonly seed: number;
}

const CHECKS: readonly Check[] = [...upChecks, ...updateChecks, ...faultChecks, ...destroyChecks];

/** Runs every check of the stack under the real CLI; see docs/reliability.md. */
async function main(options: Options): Promise<number> {
  const found = await (options.installCli ? installCli : findCli)(requiredVersion());
  if ("missing" in found) {
    const isRequired = process.env.REHEARSAL === "required";
    process.stderr.write(`${isRequired ? "error" : "SKIPPED"}: ${found.missing}\n`);
    return isRequired ? 1 : 0;
  }
  const report = await rehearse(found, options);
  const text = options.json
    ? JSON.stringify({ ...report, closing: closingLine(report.faults) }, null, 2)
    : printed(report);
  process.stdout.write(`${text}\n`);
  return report.checks.every(({ ok }) => ok) ? 0 : 1;
}

/** The oldest CLI that Pulumi.yaml allows. */
function requiredVersion(): string {
  const project = parse(readFileSync(path.join(ROOT, "Pulumi.yaml"), "utf8")) as Record<
    string,
    unknown
  >;
  const [, version] = /^>=(\d+\.\d+\.\d+)$/.exec(String(project.requiredPulumiVersion)) ?? [];
  if (!version) throw new Error("Pulumi.yaml asks for no version of the CLI");
  return version;
}

async function rehearse(cli: Cli, { all, seed }: Options): Promise<Report> {
  const engine = await Engine.open(cli, { stack: "prod" });
  const stop = () => {
    engine.close();
    process.exit(130);
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  const progress = (text: string) => {
    process.stderr.write(`    ${text}\n`);
  };
  const stage: Stage = {
    cli,
    engine,
    seed,
    all: all === true,
    progress,
    saved: new Map(),
    wanted: new Map(),
    faults: [],
  };
  try {
    const checks: CheckResult[] = [];
    for (const check of CHECKS) {
      process.stderr.write(`${checks.length + 1}/${CHECKS.length} ${check.name}\n`);
      checks.push(await result(check, stage));
    }
    return { cli: cli.version, seed, checks, faults: stage.faults };
  } finally {
    engine.close();
  }
}

async function result(check: Check, stage: Stage): Promise<CheckResult> {
  const started = Date.now();
  const seconds = () => (Date.now() - started) / 1000;
  try {
    const figure = await check.run(stage);
    return { name: check.name, figure, ok: true, seconds: seconds() };
  } catch (error) {
    const figure = error instanceof Error ? error.message : String(error);
    process.stderr.write(`FAILED: ${error instanceof Error ? String(error.stack) : figure}\n`);
    return { name: check.name, figure, ok: false, seconds: seconds() };
  }
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (!Number.isInteger(seed) || seed < 0) throw new InvalidArgumentError("a whole number");
  return seed;
}

const command = new Command("npm run rehearse --")
  .description("Runs the real Pulumi CLI and engine over a simulated account: nothing is created.")
  .option("--all", "every fault by itself, and many more kills")
  .option("--install-cli", "download the CLI where there is none")
  .option("--seed <number>", "moments of the kills", seedOf, Math.floor(Math.random() * 1e6))
  .option("--json", "print one JSON document and nothing else")
  .allowExcessArguments(false)
  .parse();

/** While a program runs, the SDK reports unhandled rejections; at other times they are the rehearsal's. */
process.on("unhandledRejection", (reason) => {
  if (process.listenerCount("unhandledRejection") > 1) return;
  process.stderr.write(
    `error: ${reason instanceof Error ? String(reason.stack) : String(reason)}\n`,
  );
  process.exitCode = 1;
});

main(command.opts<Options>()).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(
      `error: ${error instanceof Error ? String(error.stack) : String(error)}\n`,
    );
    process.exitCode = 1;
  },
);
