import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import autocannon from "autocannon";

/**
 * CPU time per request of a bare Express app, of the same app with `http-metrics.ts`, and with
 * prometheus-api-metrics. CPU time, not requests per second: on a busy machine the latter swings
 * by a quarter and more. For the same reason the three take turns in short slices.
 *
 * `npm run bench -- --runs 7 --node /path/to/node`
 */
const { values: options } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    slices: { type: "string", default: "20" },
    node: { type: "string", default: process.execPath },
  },
});

/** The must: own overhead as a share of the library's; the aim: own CPU time over bare. */
const mustShare = 0.8;
const aimRatio = 1.1;
const requestsPerSlice = 2_000;
const warmUpRequests = 15_000;
const connections = 50;

const variants = ["bare", "own", "library"] as const;
type Figures = Record<(typeof variants)[number], number>;

type Run = Figures & { readonly ownRatio: number; readonly libraryRatio: number };

interface Server {
  readonly process: ChildProcess;
  readonly url: string;
}

const runs: Run[] = [];
console.log("run   bare us   own us  (ratio)   library us  (ratio)");
for (let run = 1; run <= atLeast("runs", 1); run++) {
  const figures = await measureOnce();
  runs.push(figures);
  printLine(run.toString(), figures);
}
report(runs);

async function measureOnce(): Promise<Run> {
  const servers = {
    bare: await start("bare"),
    own: await start("own"),
    library: await start("library"),
  };
  const slices: Figures[] = [];
  try {
    for (const name of variants) await cpuPerRequest(servers[name], warmUpRequests);
    for (let slice = 0; slice < atLeast("slices", 3); slice++) {
      const figures: Figures = { bare: 0, own: 0, library: 0 };
      for (const name of shuffled(variants)) {
        figures[name] = await cpuPerRequest(servers[name], requestsPerSlice);
      }
      slices.push(figures);
    }
  } finally {
    for (const name of variants) servers[name].process.kill();
  }
  return summary(slices);
}

/** Ratios are taken within a slice, where the three met the same machine, and then the median. */
function summary(slices: readonly Figures[]): Run {
  return {
    bare: median(slices.map(({ bare }) => bare)),
    own: median(slices.map(({ own }) => own)),
    library: median(slices.map(({ library }) => library)),
    ownRatio: median(slices.map(({ bare, own }) => own / bare)),
    libraryRatio: median(slices.map(({ bare, library }) => library / bare)),
  };
}

async function start(name: keyof Figures): Promise<Server> {
  const child = fork(new URL(`${name}-app.ts`, import.meta.url), {
    execPath: options.node,
    execArgv: ["--import", "tsx"],
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    env: { ...process.env, PORT: "0", NODE_ENV: "production" },
  });
  if (child.stdout === null) throw new Error("the server has no output to read its port from");
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  const { port } = JSON.parse(line) as { port: number };
  return { process: child, url: `http://127.0.0.1:${port.toString()}/api/tasks` };
}

/** Microseconds of CPU, user and system, that the server spent on each of `amount` requests. */
async function cpuPerRequest(server: Server, amount: number): Promise<number> {
  const before = await cpuTime(server.process);
  const result = await autocannon({ url: server.url, connections, amount, sampleInt: 100 });
  const after = await cpuTime(server.process);
  if (result["2xx"] !== amount) {
    throw new Error(`${server.url}: ${result["2xx"].toString()} of ${amount.toString()} answered`);
  }
  return (after - before) / amount;
}

async function cpuTime(child: ChildProcess): Promise<number> {
  child.send("cpu");
  const [microseconds] = (await once(child, "message")) as [number];
  return microseconds;
}

function report(all: readonly Run[]): void {
  const medians: Run = {
    bare: median(all.map(({ bare }) => bare)),
    own: median(all.map(({ own }) => own)),
    library: median(all.map(({ library }) => library)),
    ownRatio: median(all.map(({ ownRatio }) => ownRatio)),
    libraryRatio: median(all.map(({ libraryRatio }) => libraryRatio)),
  };
  printLine("med", medians);
  const { ownRatio, libraryRatio } = medians;
  const share = (ownRatio - 1) / (libraryRatio - 1);
  // Where the library costs nothing that can be measured, the share means nothing.
  const must = libraryRatio > 1 && share <= mustShare;
  const version = execFileSync(options.node, ["--version"]).toString().trim();
  console.log(`
Node ${version}, ${all.length.toString()} runs of ${options.slices} slices, ${requestsPerSlice.toString()} requests each
must: own overhead at most ${mustShare.toString()} of the library's: ${share.toFixed(2)} ${must ? "met" : "MISSED"}
aim:  own at most ${aimRatio.toFixed(2)} times bare: ${ownRatio.toFixed(3)} ${ownRatio <= aimRatio ? "met" : "missed"}`);
  if (!must) process.exitCode = 1;
}

function printLine(label: string, { bare, own, library, ownRatio, libraryRatio }: Run): void {
  const us = (value: number) => value.toFixed(1).padStart(8);
  const ratio = (value: number) => `(${value.toFixed(3)})`;
  console.log(
    `${label.padEnd(4)} ${us(bare)} ${us(own)}  ${ratio(ownRatio)}     ${us(library)}  ${ratio(libraryRatio)}`,
  );
}

function atLeast(name: "runs" | "slices", least: number): number {
  const value = Number(options[name]);
  if (Number.isInteger(value) && value >= least) return value;
  throw new Error(
    `--${name} is "${options[name]}"; it must be a whole number of at least ${least.toString()}`,
  );
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
