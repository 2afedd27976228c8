import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { Command } from "commander";
import {
  argumentsOf,
  CONFIG_FILE,
  PROGRAM_FILES,
  resultOfReadConfig,
  type SourceWire,
} from "./source-wires";
import { readConfigs, usualConstant } from "./usual-values";

const ROOT = path.join(__dirname, "..", "..");

interface Cut {
  readonly wire: SourceWire;
  /** What stands in the place of the value. */
  readonly constant: string;
}

/** Cuts the program's wires one after another and runs the wiring tests on each. */
async function main(): Promise<void> {
  const cuts = await enumerate();
  const folder = mkdtempSync(path.join(tmpdir(), "mutate-"));
  const missed: Cut[] = [];
  try {
    await checkUncut();
    let next = 0;
    const worker = async () => {
      for (let index = next++; index < cuts.length; index = next++) {
        const cut = cuts[index];
        if (!cut) return;
        const by = await caughtBy(cut, path.join(folder, `${index}.ts`));
        if (by === undefined) missed.push(cut);
        process.stderr.write(
          `${cut.wire.id} = ${cut.constant.slice(0, 60)}: ${by ?? "NOT CAUGHT"}\n`,
        );
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, worker));
  } finally {
    rmSync(folder, { recursive: true });
  }
  for (const { wire, constant } of missed) {
    process.stdout.write(
      `not caught: ${wire.id} cut to ${constant}. Fix: a row in verification/wiring/wires.ts\n`,
    );
  }
  process.stdout.write(`${cuts.length} cut, ${cuts.length - missed.length} caught\n`);
  process.exitCode = missed.length > 0 ? 1 : 0;
}

async function enumerate(): Promise<Cut[]> {
  const configs = await readConfigs();
  const fromConfig = resultOfReadConfig().flatMap((wire): Cut[] => {
    const usual = wire.isLiteral ? "undefined" : usualConstant(configs, wire.path);
    return (wire.constants ?? [usual]).map((constant) => ({ wire, constant }));
  });
  const fromArguments = PROGRAM_FILES.flatMap(argumentsOf).map((wire): Cut => ({
    wire,
    constant: "undefined",
  }));
  return [...fromConfig, ...fromArguments];
}

/** Without a cut the same tests, run the same way, must tell of nothing. */
async function checkUncut(): Promise<void> {
  for (const file of [CONFIG_FILE, ...PROGRAM_FILES]) {
    const told = await runWith(file, file);
    if (told !== undefined) throw new Error(`${file} is not cut, and the tests tell of: ${told}`);
  }
}

/**
 * Runs the wiring tests in a process of their own, with the cut source in the file's place.
 * @returns the first sentence that tells of the cut, or undefined where nothing does
 */
function caughtBy({ wire, constant }: Cut, file: string): Promise<string | undefined> {
  writeFileSync(file, wire.cut(constant));
  return runWith(wire.file, file);
}

function runWith(file: string, other: string): Promise<string | undefined> {
  const args = ["-r", "./register.cjs", "verification/wiring/run-cut.ts", file, other];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: ROOT }, (error, stdout, stderr) => {
      if (error?.code === CAUGHT) resolve(stdout.split("\n")[0]);
      else if (!error) resolve(undefined);
      else reject(new Error(`run-cut.ts ended with ${String(error.code)}\n${stderr}`));
    });
  });
}

/** Exit code of run-cut.ts when the tests tell of the cut. */
const CAUGHT = 3;

new Command("npm run mutate --")
  .description(
    "Cuts every wire between configuration and resources, one after another, as the source lists " +
      "them, and runs the wiring tests on each. Takes some minutes. Exits 1 when a cut is not caught.",
  )
  .allowExcessArguments(false)
  .parse();
main().catch((error: unknown) => {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
