import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { type Firing, runsOf, secondsOf } from "./firing";
import type { LabPrograms } from "./programs";
import type { Rules } from "./rule-sets";
import type { Samples } from "./samples";
import { type Series, STEP_SECONDS } from "./step";

const FIRING = 'ALERTS{alertstate="firing"}';
const MOST_OUTPUT = 2 ** 27;

/**
 * The same as `firingsIn` by promtool, with the rules as they are, records and all. It is told that no alert
 * fires at any evaluation, and its complaints are the answer.
 * @throws Error with its output where it complains of something else
 */
export async function firingsByPromtool(
  { promtool }: LabPrograms,
  rules: Rules,
  samples: Samples,
): Promise<Firing[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "lab-promtool-"));
  try {
    writeFileSync(path.join(folder, "rules.yaml"), stringify(rules));
    // JSON is YAML, and far quicker to write.
    writeFileSync(path.join(folder, "test.yaml"), JSON.stringify(testOf(samples)));
    return firingsOf(await outputOf(promtool, folder), samples.steps);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function testOf({ series, steps }: Samples): object {
  const step = `${STEP_SECONDS}s`;
  return {
    rule_files: ["rules.yaml"],
    evaluation_interval: step,
    tests: [
      {
        interval: step,
        input_series: series.map(({ name, values }) => ({ series: name, values: written(values) })),
        promql_expr_test: Array.from({ length: steps }, (_, number) => ({
          eval_time: `${number * STEP_SECONDS}s`,
          expr: FIRING,
          exp_samples: [],
        })),
      },
    ],
  };
}

/** As promtool reads it. A scrape that fails ends a series at once, for which Prometheus has a marker. */
const written = (values: Series["values"]): string =>
  values
    .map((value, step) =>
      value !== undefined
        ? String(value)
        : step > 0 && values[step - 1] !== undefined
          ? "stale"
          : "_",
    )
    .join(" ");

/** It exits with 1 where an alert fired. */
const outputOf = (promtool: string, cwd: string): Promise<string> =>
  new Promise((resolve) => {
    const options = { cwd, maxBuffer: MOST_OUTPUT };
    execFile(promtool, ["test", "rules", "test.yaml"], options, (_error, stdout, stderr) => {
      resolve(stdout + stderr);
    });
  });

function firingsOf(output: string, steps: number): Firing[] {
  if (!/SUCCESS|FAILED/.test(output)) throw new Error(`promtool test rules failed:\n${output}`);
  const active = new Map<string, number[]>();
  for (const complaint of output.split("expr: ").slice(1)) {
    const [, time = ""] = /, time: (\S+),/.exec(complaint) ?? [];
    for (const [, labels = ""] of complaint.matchAll(/\{__name__="ALERTS", (.*?)\} 1E\+00/g)) {
      active.set(labels, [...(active.get(labels) ?? []), secondsOf(time) / STEP_SECONDS]);
    }
  }
  return [...active].flatMap(([text, at]) => {
    const pairs = [...text.matchAll(/(\w+)="([^"]*)"/g)];
    const labels = Object.fromEntries(
      pairs
        .map(([, label = "", value = ""]) => [label, value] as const)
        .filter(([label]) => label !== "alertstate"),
    );
    return runsOf(at).map(({ first, last }) => ({
      alert: labels.alertname ?? "",
      labels,
      from: first,
      ...(last + 1 < steps && { to: last + 1 }),
    }));
  });
}
