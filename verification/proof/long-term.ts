import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Child } from "../child-process";
import { freePort } from "../free-port";
import type { DeployedRelease } from "../deployed";
import { type LabelledValue, PrometheusApi } from "./prometheus-api";

/** Where the stack writes to; no DNS here knows the name, so that `writingTo` puts the real address in its place. */
export const LONG_TERM_SERVICE = "http://long-term.proof.svc/api/v1/write";

/** What both Prometheus were asked, and how far they agree. */
export interface LongTermResult {
  /** Series at the moment of the questions: those of Prometheus, and those that were written. */
  readonly series: { readonly all: number; readonly written: number };
  readonly asked: number;
  /** Of these, the questions that had an answer at all. */
  readonly withData: number;
  readonly problems: readonly string[];
}

/** One question of a dashboard or a rule. */
export interface Question {
  /** Whose it is, for the report. */
  readonly from: string;
  readonly expr: string;
}

/** How long what was written last may be under way. */
const CATCH_UP_SECONDS = 30;
/** Floating point numbers are added up in another order. */
const TOLERANCE = 1e-9;

/** A real Prometheus that takes remote write: long-term storage, as far as PromQL can tell. */
export class LongTermStorage {
  private constructor(
    private readonly child: Child,
    readonly url: string,
  ) {}

  /** @param folder for its files */
  static async start(prometheus: string, folder: string): Promise<LongTermStorage> {
    const own = path.join(folder, "long-term");
    mkdirSync(own);
    const config = path.join(own, "prometheus.yml");
    writeFileSync(config, "{}\n");
    const address = `127.0.0.1:${await freePort()}`;
    const child = Child.start(prometheus, [
      `--config.file=${config}`,
      `--storage.tsdb.path=${path.join(own, "data")}`,
      `--web.listen-address=${address}`,
      "--web.enable-remote-write-receiver",
    ]);
    await child.answers(`http://${address}/-/ready`);
    return new LongTermStorage(child, `http://${address}`);
  }

  /** The release with this address in its Prometheus' remote write. */
  writingTo({ values, ...release }: DeployedRelease): DeployedRelease {
    const text = JSON.stringify(values).replaceAll(LONG_TERM_SERVICE, `${this.url}/api/v1/write`);
    return { ...release, values: JSON.parse(text) as DeployedRelease["values"] };
  }

  /** Asks both the same at one moment: what is kept must be enough for every question. */
  async compare(source: PrometheusApi, questions: readonly Question[]): Promise<LongTermResult> {
    const stored = new PrometheusApi(this.url);
    const at = Math.floor(Date.now() / 1000);
    await caughtUp(stored, at);
    const problems: string[] = [];
    let withData = 0;
    for (const { from, expr } of questions) {
      const [expected, got] = await Promise.all([
        source.labelledValues(expr, at),
        stored.labelledValues(expr, at),
      ]);
      if (expected.length > 0) withData += 1;
      const problem = difference(expected, got);
      if (problem !== undefined)
        problems.push(`${from}, in long-term storage: ${problem} (${expr})`);
    }
    const count = async (api: PrometheusApi) =>
      Number((await api.labelledValues('count({__name__!=""})', at))[0]?.value ?? 0);
    const series = { all: await count(source), written: await count(stored) };
    return { series, asked: questions.length, withData, problems };
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}

/** Until it has samples of that moment or a later one. What does not come is told by the questions. */
async function caughtUp(stored: PrometheusApi, at: number): Promise<void> {
  for (let waited = 0; waited < CATCH_UP_SECONDS; waited += 1) {
    const [newest] = await stored.labelledValues("min(max by (job) (timestamp(up)))");
    if (Number(newest?.value ?? 0) >= at) return;
    await delay(1000);
  }
}

/** What Prometheus adds to everything that leaves it. */
const EXTERNAL = ["cluster", "stack", "prometheus", "__replica__"];

/** @returns undefined where both have the same series with the same values */
function difference(
  expected: readonly LabelledValue[],
  got: readonly LabelledValue[],
): string | undefined {
  const found = bySeries(got);
  const wanted = bySeries(expected);
  const lost = [...wanted.keys()].filter((series) => !found.has(series));
  if (lost.length > 0)
    return `${lost.length} of ${wanted.size} series are lost, such as ${lost[0] ?? ""}`;
  const more = [...found.keys()].find((series) => !wanted.has(series));
  if (more !== undefined) return `it has one more series: ${more}`;
  const other = [...wanted].find(([series, value]) => !isSame(value, found.get(series) ?? ""));
  return other && `${other[0]} must be ${other[1]}; got ${found.get(other[0]) ?? ""}`;
}

const bySeries = (values: readonly LabelledValue[]): ReadonlyMap<string, string> =>
  new Map(
    values.map(({ labels, value }) => {
      const own = Object.entries(labels).filter(([label]) => !EXTERNAL.includes(label));
      return [JSON.stringify(Object.fromEntries(own.sort())), value];
    }),
  );

function isSame(one: string, other: string): boolean {
  if (one === other) return true;
  const [a, b] = [Number(one), Number(other)];
  return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}
