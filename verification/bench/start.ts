import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Measurement } from "./main";

const ROOT = path.join(__dirname, "..", "..");
const ROUNDS = 9;

/**
 * What every `pulumi` command pays before the first resource: loading the program and its SDKs.
 * Both ways in turn, in processes of their own; the median of the rounds' ratios.
 */
export function measureStart(progress: (text: string) => void): Promise<Measurement> {
  const folder = mkdtempSync(path.join(tmpdir(), "bench-start-"));
  try {
    compile(folder);
    const rounds = Array.from({ length: ROUNDS + 1 }, (_, round) => {
      const source = seconds([
        "-r",
        "./register.cjs",
        path.join(ROOT, "verification", "bench", "program.ts"),
      ]);
      const compiled = seconds([path.join(folder, "verification", "bench", "program.js")]);
      if (round > 0)
        progress(`  ${round}/${ROUNDS}: ${source.toFixed(2)} s, ${compiled.toFixed(2)} s`);
      return { source, compiled };
    }).slice(1); // The first warms the disk cache.
    const measurement = {
      what: "program start",
      figure: `${median(rounds.map(({ source }) => source)).toFixed(2)} s`,
      against: `${median(rounds.map(({ compiled }) => compiled)).toFixed(2)} s compiled`,
      ratio: median(rounds.map(({ source, compiled }) => source / compiled)),
      most: 1.2,
    };
    return Promise.resolve(measurement);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compile(folder: string): void {
  const tsc = path.join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const args = ["--noEmit", "false", "--noCheck", "--outDir", folder];
  execFileSync(process.execPath, [tsc, ...args], { cwd: ROOT, stdio: "inherit" });
  symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
}

function seconds(args: readonly string[]): number {
  const start = process.hrtime.bigint();
  execFileSync(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
  return Number(process.hrtime.bigint() - start) / 1e9;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
