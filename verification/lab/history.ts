import { once } from "node:events";
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Child } from "../child-process";
import { freePort } from "../free-port";
import { PrometheusApi, type RangeSeries } from "../proof/prometheus-api";
import type { LabPrograms } from "./programs";
import { type Series, STEP_SECONDS } from "./step";

/** The first samples' time, 2026-01-01: any will do, the same each time. */
const EPOCH_SECONDS = 1_767_225_600;
/** More makes Prometheus refuse the query. */
const MOST_POINTS = 10_000;
/** At once: each keeps a core busy. */
const MOST_QUERIES = 2;
/** One block for each history: promtool reads all of its input again for each block. */
const BLOCKS = ["--max-block-duration=2000h", "--quiet"];

/** Samples of several plays in a real Prometheus, each under its own value of the label `play`. */
export class History {
  private constructor(
    private readonly programs: LabPrograms,
    private readonly folder: string,
    private running: Running,
  ) {}

  /** Writes the samples as blocks, and starts a Prometheus on them that scrapes nothing. */
  static async of(programs: LabPrograms, plays: SeriesOfPlays): Promise<History> {
    const folder = mkdtempSync(path.join(tmpdir(), "lab-history-"));
    try {
      await writeBlocks(programs, plays, folder);
      return new History(programs, folder, await startPrometheus(programs, folder));
    } catch (error) {
      rmSync(folder, { recursive: true });
      throw error;
    }
  }

  /** The expression's series from step `start` to before `steps`: for each, the steps that have a value. */
  async active(expr: string, start: number, steps: number): Promise<ActiveSeries[]> {
    const found = new Map<string, { labels: ActiveSeries["labels"]; steps: number[] }>();
    for (let first = start; first < steps; first += MOST_POINTS) {
      const last = Math.min(first + MOST_POINTS, steps) - 1;
      for (const { metric, values } of await this.ask(expr, first, last)) {
        const key = JSON.stringify(metric);
        const known = found.get(key) ?? { labels: metric, steps: [] };
        for (const [seconds] of values) known.steps.push((seconds - EPOCH_SECONDS) / STEP_SECONDS);
        found.set(key, known);
      }
    }
    return [...found.values()];
  }

  /** More samples of the same plays: Prometheus reads blocks when it starts. */
  async add(plays: SeriesOfPlays): Promise<void> {
    if (Object.values(plays).every(({ series }) => series.length === 0)) return;
    await this.running.child.stop();
    await writeBlocks(this.programs, plays, this.folder);
    this.running = await startPrometheus(this.programs, this.folder);
  }

  async close(): Promise<void> {
    await this.running.child.stop();
    rmSync(this.folder, { recursive: true });
  }

  private ask(expr: string, first: number, last: number): Promise<RangeSeries[]> {
    const at = (step: number) => EPOCH_SECONDS + step * STEP_SECONDS;
    return this.running.api.range(expr, { start: at(first), end: at(last), step: STEP_SECONDS });
  }
}

type SeriesOfPlays = Readonly<Record<string, { readonly series: readonly Series[] }>>;

interface Running {
  readonly child: Child;
  readonly api: PrometheusApi;
}

/** Where an expression has a value. */
export interface ActiveSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly steps: readonly number[];
}

async function writeBlocks(
  { promtool }: LabPrograms,
  plays: SeriesOfPlays,
  folder: string,
): Promise<void> {
  const file = path.join(folder, "samples.txt");
  const data = path.join(folder, "data");
  mkdirSync(data, { recursive: true });
  await writeOpenMetrics(file, plays);
  const args = ["tsdb", "create-blocks-from", "openmetrics", ...BLOCKS, file, data];
  const { code, output } = await Child.start(promtool, args).end();
  if (code !== 0) throw new Error(`promtool ${args.join(" ")} failed:\n${output}`);
  rmSync(file);
}

async function writeOpenMetrics(file: string, plays: SeriesOfPlays): Promise<void> {
  const stream = createWriteStream(file);
  for (const [play, { series }] of Object.entries(plays)) {
    for (const { name, values } of series) {
      const labelled = name.replace(/\}$/, `,play="${play}"}`);
      const lines = values.map((value, step) =>
        value === undefined ? "" : `${labelled} ${value} ${EPOCH_SECONDS + step * STEP_SECONDS}\n`,
      );
      if (!stream.write(lines.join(""))) await once(stream, "drain");
    }
  }
  stream.end("# EOF\n");
  await once(stream, "finish");
}

async function startPrometheus({ prometheus }: LabPrograms, folder: string): Promise<Running> {
  const config = path.join(folder, "prometheus.yaml");
  writeFileSync(config, "{}\n");
  const port = await freePort();
  const child = Child.start(prometheus, [
    `--config.file=${config}`,
    `--storage.tsdb.path=${path.join(folder, "data")}`,
    "--storage.tsdb.retention.time=100y",
    `--web.listen-address=127.0.0.1:${port}`,
    "--query.timeout=10m",
    `--query.max-concurrency=${MOST_QUERIES}`,
  ]);
  const url = `http://127.0.0.1:${port}`;
  try {
    await child.answers(`${url}/-/ready`, 120);
  } catch (error) {
    await child.stop();
    throw error;
  }
  return { child, api: new PrometheusApi(url) };
}
