import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import autocannon from "autocannon";

/**
 * CPU time per request of a bare Express app, of the same app with `http-metrics.ts`, and with
 * prometheus-api-metrics. CPU time, not requests per second: on a busy machine the latter swings
 * by a quarter and more. For the same reason the three take turns in short slices, and a run
 * counts the median slice.
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

interface Server {
  readonly process: ChildProcess;
  readonly url: string;
}

const runs: Figures[] = [];
console.log("run   bare us   own us  (ratio)   library us  (ratio)");
for (let run = 1; run <= atLeast("runs", 1); run++) {
  const figures = await measureOnce();
  runs.push(figures);
  printLine(run.toString(), figures);
}
report(runs);

async function measureOnce(): Promise<Figures> {
  const servers = {
    bare: await start("bare"),
    own: await start("own"),
    library: await start("library"),
  };
  const slices: Record<keyof Figures, number[]> = { bare: [], own: [], library: [] };
  try {
    for (const name of variants) await cpuPerRequest(servers[name], warmUpRequests);
    for (let slice = 0; slice < atLeast("slices", 3); slice++) {
      for (const name of shuffled(variants)) {
        slices[name].push(await cpuPerRequest(servers[name], requestsPerSlice));
      }
    }
  } finally {
    for (const name of variants) servers[name].process.kill();
  }
  return { bare: median(slices.bare), own: median(slices.own), library: median(slices.library) };
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

function report(all: Figures[]): void {
  const medians: Figures = {
    bare: median(all.map(({ bare }) => bare)),
    own: median(all.map(({ own }) => own)),
    library: median(all.map(({ library }) => library)),
  };
  printLine("med", medians);
  // Ratios are taken inside a run, where the three saw the same machine, and then the median.
  const own = median(all.map((run) => run.own / run.bare));
  const library = median(all.map((run) => run.library / run.bare));
  const share = (own - 1) / (library - 1);
  const must = library > 1 && share <= mustShare;
  console.log(`
Node ${options.node === process.execPath ? process.version : options.node}, ${all.length.toString()} runs, medians of the ratios within a run
own ${own.toFixed(3)}, prometheus-api-metrics ${library.toFixed(3)} times bare
must: own overhead at most ${mustShare.toString()} of the library's: ${share.toFixed(2)} ${must ? "met" : "MISSED"}
aim:  own at most ${aimRatio.toFixed(2)} times bare: ${own.toFixed(3)} ${own <= aimRatio ? "met" : "missed"}`);
  if (!must) process.exitCode = 1;
}

function printLine(label: string, { bare, own, library }: Figures): void {
  const us = (value: number) => value.toFixed(1).padStart(8);
  const ratio = (value: number) => `(${(value / bare).toFixed(3)})`;
  console.log(
    `${label.padEnd(4)} ${us(bare)} ${us(own)}  ${ratio(own)}     ${us(library)}  ${ratio(library)}`,
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
