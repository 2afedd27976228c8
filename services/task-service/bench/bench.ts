import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import autocannon from "autocannon";
import { bare, middlewares, type Variant, wholeService } from "./variants.js";
import { positive } from "./positive.js";

/**
 * CPU time per request of each variant, as a ratio to bare Express. CPU time, not requests per
 * second: on a busy machine the latter swings by a quarter and more. Each round starts every
 * variant afresh and lets them take turns in short slices, so that all meet the same machine; a
 * round's ratio is the median of its slices, and the table shows the rounds' median and spread.
 */
const usage = `npm run bench -- [--rounds 5] [--slices 12] [--node /path/to/node] [--json]
exit 1: a goal is missed; 2: an argument is wrong`;

/** Goals: ratios to bare Express, and of the middleware to the library with one histogram each. */
const wholeServiceMost = 1.6;

const requestsPerSlice = 1_500;
const warmUpRequests = 8_000;
const connections = 50;
const path = "/api/tasks?userName=alice&start=0";

const { rounds, slices, node, json } = argsOrExit();
const variants = [bare, ...middlewares, ...wholeService];

interface Running extends Variant {
  readonly process: ChildProcess;
  readonly url: string;
}

/** Microseconds per request, or ratios, by the name of the variant. */
type Figures = Map<string, number>;

const results: { readonly cpu: Figures; readonly ratio: Figures }[] = [];
for (let round = 1; round <= rounds; round++) {
  results.push(await measureRound());
  if (!json) console.error(`round ${round.toString()} of ${rounds.toString()} done`);
}
report();

async function measureRound() {
  const running: Running[] = [];
  const measured: Figures[] = [];
  try {
    for (const variant of variants) running.push(await start(variant));
    for (const server of running) await cpuPerRequest(server, warmUpRequests);
    for (let slice = 0; slice < slices; slice++) {
      const figures: Figures = new Map();
      for (const server of shuffled(running)) {
        figures.set(server.name, await cpuPerRequest(server, requestsPerSlice));
      }
      measured.push(figures);
    }
  } finally {
    for (const server of running) server.process.kill();
  }
  const summary = (of: (slice: Figures, name: string) => number) =>
    new Map(variants.map(({ name }) => [name, median(measured.map((slice) => of(slice, name)))]));
  return {
    cpu: summary((slice, name) => valueIn(slice, name)),
    ratio: summary((slice, name) => valueIn(slice, name) / valueIn(slice, bare.name)),
  };
}

async function start(variant: Variant): Promise<Running> {
  const child = fork(new URL(variant.app, import.meta.url), {
    execPath: node,
    execArgv: ["--import", "tsx"],
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    env: { ...process.env, PORT: "0", NODE_ENV: "production", ...variant.environment },
  });
  if (child.stdout === null) throw new Error("the server has no output to read its port from");
  const { stdout } = child;
  const port = await new Promise<number>((resolve, reject) => {
    // Read to the end, as a pod's log is.
    createInterface(stdout).on("line", (line) => {
      const said = JSON.parse(line) as { port?: number };
      if (said.port !== undefined) resolve(said.port);
    });
    child.once("exit", (code) => {
      reject(new Error(`${variant.app} exited with ${String(code)} before it listened`));
    });
  });
  return { ...variant, process: child, url: `http://127.0.0.1:${port.toString()}${path}` };
}

/** Microseconds of CPU, user and system, that the server spent on each of `amount` requests. */
async function cpuPerRequest(server: Running, amount: number): Promise<number> {
  const before = await cpuTime(server.process);
  const result = await autocannon({ url: server.url, connections, amount, sampleInt: 100 });
  const after = await cpuTime(server.process);
  if (result["2xx"] !== amount) {
    throw new Error(`${server.name}: ${result["2xx"].toString()} of ${amount.toString()} answered`);
  }
  return (after - before) / amount;
}

async function cpuTime(child: ChildProcess): Promise<number> {
  child.send("cpu");
  const [microseconds] = (await once(child, "message")) as [number];
  return microseconds;
}

function report(): void {
  const table = variants.map(({ name }) => {
    const ratios = results.map(({ ratio }) => valueIn(ratio, name));
    return {
      name,
      microseconds: median(results.map(({ cpu }) => valueIn(cpu, name))),
      ratio: median(ratios),
      least: Math.min(...ratios),
      most: Math.max(...ratios),
    };
  });
  const version = execFileSync(node, ["--version"]).toString().trim();
  const measured = { node: version, rounds, slices, requestsPerSlice, connections };
  const missed = missedGoals(new Map(table.map(({ name, ratio }) => [name, ratio])));
  if (json) console.log(JSON.stringify({ ...measured, table, missed }, undefined, 2));
  else {
    console.log(`Node ${version}, ${rounds.toString()} rounds of ${slices.toString()} slices`);
    console.log(
      "\n| GET of ten tasks | CPU, us | ratio to bare | rounds |\n| --- | --- | --- | --- |",
    );
    for (const { name, microseconds, ratio, least, most } of table) {
      const spread = `${least.toFixed(2)}-${most.toFixed(2)}`;
      console.log(`| ${name} | ${microseconds.toFixed(0)} | ${ratio.toFixed(2)} | ${spread} |`);
    }
    for (const goal of missed) console.log(`MISSED: ${goal}`);
  }
  if (missed.length > 0) process.exitCode = 1;
}

function missedGoals(ratios: Figures): string[] {
  const [own, , library] = middlewares;
  const [, byDefault] = wholeService;
  if (own === undefined || library === undefined || byDefault === undefined) return ["no variants"];
  const missed: string[] = [];
  if (valueIn(ratios, own.name) >= valueIn(ratios, library.name)) {
    missed.push(`${own.name} costs less than ${library.name}`);
  }
  if (valueIn(ratios, byDefault.name) > wholeServiceMost) {
    missed.push(
      `${byDefault.name} costs at most ${wholeServiceMost.toString()} times bare Express`,
    );
  }
  return missed;
}

function argsOrExit() {
  try {
    const { values } = parseArgs({
      options: {
        rounds: { type: "string", default: "5" },
        slices: { type: "string", default: "12" },
        node: { type: "string", default: process.execPath },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    const rounds = positive("rounds", values.rounds);
    return {
      rounds,
      slices: positive("slices", values.slices),
      node: values.node,
      json: values.json,
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    process.exit(2);
  }
}

function valueIn(figures: Figures, name: string): number {
  return figures.get(name) ?? Number.NaN;
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
