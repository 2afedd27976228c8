import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Measurement } from "./measurement";

const ROOT = path.join(__dirname, "..", "..");
/** An odd number, so that the median is one of them. */
const ROUNDS = 15;

/** Seconds of two starts that took turns. */
interface Round {
  readonly measured: number;
  readonly against: number;
}

/**
 * What every `pulumi` command pays before the first resource: loading the program and its SDKs, in a
 * process of its own each time. The source, as `pulumi` runs it, against compiled JavaScript; and a local
 * stack, which loads nothing of AWS, against one on EKS.
 */
export function measureStarts(progress: (text: string) => void): Measurement[] {
  const folder = mkdtempSync(path.join(tmpdir(), "bench-start-"));
  try {
    compile(folder);
    const program = path.join("verification", "bench", "program");
    const source = (platform: string) => () =>
      seconds(["-r", "./register.cjs", path.join(ROOT, `${program}.ts`), platform]);
    const compiled = () => seconds([path.join(folder, `${program}.js`), "eks"]);
    return [
      compare("program start", "compiled", 1.15, source("eks"), compiled, progress),
      compare("program start, local", "on EKS", 1, source("kubeconfig"), source("eks"), progress),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Both take turns, and so does which of them is first; the ratio is the median of the rounds' ratios. */
function compare(
  what: string,
  againstWhat: string,
  most: number,
  measure: () => number,
  measureOther: () => number,
  progress: (text: string) => void,
): Measurement {
  const oneRound = (index: number): Round => {
    if (index % 2 === 0) return { measured: measure(), against: measureOther() };
    const against = measureOther();
    return { measured: measure(), against };
  };
  oneRound(0); // Fills the cache of the disk, and that of register.cjs.
  const rounds = Array.from({ length: ROUNDS }, (_, index) => {
    const round = oneRound(index);
    const figures = `${round.measured.toFixed(2)} s, ${round.against.toFixed(2)} s`;
    progress(`  ${what} ${index + 1}/${ROUNDS}: ${figures}`);
    return round;
  });
  return {
    what,
    figure: `${spread(rounds.map(({ measured }) => measured))} s`,
    against: `${spread(rounds.map(({ against }) => against))} s ${againstWhat}`,
    ratio: median(rounds.map(({ measured, against }) => measured / against)),
    most,
  };
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
