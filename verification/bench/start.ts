import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Measurement } from "./measurement";

const ROOT = path.join(__dirname, "..", "..");
/** An odd number, so that the median is one of them. */
const ROUNDS = 15;

interface Round {
  /** Seconds from the source, as `pulumi` runs it. */
  readonly source: number;
  /** Seconds from compiled JavaScript. */
  readonly compiled: number;
}

/**
 * What every `pulumi` command pays before the first resource: loading the program and its SDKs, in a
 * process of its own each time. Source and compiled take turns, and so does which of them is first;
 * the ratio is the median of the rounds' ratios.
 */
export function measureStart(progress: (text: string) => void): Measurement {
  const folder = mkdtempSync(path.join(tmpdir(), "bench-start-"));
  try {
    compile(folder);
    oneRound(folder, 0); // Fills the cache of the disk, and that of register.cjs.
    const rounds = Array.from({ length: ROUNDS }, (_, index) => {
      const round = oneRound(folder, index);
      const { source, compiled } = round;
      progress(`  ${index + 1}/${ROUNDS}: ${source.toFixed(2)} s, ${compiled.toFixed(2)} s`);
      return round;
    });
    return {
      what: "program start",
      figure: `${spread(rounds.map(({ source }) => source))} s`,
      against: `${spread(rounds.map(({ compiled }) => compiled))} s compiled`,
      ratio: median(rounds.map(({ source, compiled }) => source / compiled)),
      most: 1.15,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function oneRound(folder: string, index: number): Round {
  const program = path.join("verification", "bench", "program");
  const source = () => seconds(["-r", "./register.cjs", path.join(ROOT, `${program}.ts`)]);
  const compiled = () => seconds([path.join(folder, `${program}.js`)]);
  if (index % 2 === 0) return { source: source(), compiled: compiled() };
  const first = compiled();
  return { source: source(), compiled: first };
}

/** Least, median and most. */
const spread = (values: readonly number[]): string =>
  [Math.min(...values), median(values), Math.max(...values)]
    .map((value) => value.toFixed(2))
    .join("-");

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
