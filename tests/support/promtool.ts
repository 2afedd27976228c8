import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { RuleGroup } from "../../observability/alerts/alert-rule";

/** Series in promtool's notation, a sample a minute, and what must be true of them when. */
export interface RuleCase {
  readonly series: Readonly<Record<string, string>>;
  readonly expectations: readonly {
    /** Minutes after the first sample. */
    readonly minute: number;
    readonly expr: string;
    /** The one sample's value; undefined: no sample. */
    readonly value: number | undefined;
  }[];
}

interface Rules {
  readonly groups: readonly RuleGroup[];
}

export function checkRules(rules: Rules): void {
  inFolder((folder) => {
    writeFileSync(join(folder, "rules.yaml"), stringify(rules));
    run(folder, ["check", "rules", "rules.yaml"]);
  });
}

/** Plays the series to the rules and fails with promtool's own words. */
export function testRules(rules: Rules, { series, expectations }: RuleCase): void {
  const test = {
    rule_files: ["rules.yaml"],
    evaluation_interval: "1m",
    tests: [
      {
        interval: "1m",
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: expectations.map(({ minute, expr, value }) => ({
          eval_time: `${minute}m`,
          expr,
          exp_samples: value === undefined ? [] : [{ labels: "{}", value }],
        })),
      },
    ],
  };
  inFolder((folder) => {
    writeFileSync(join(folder, "rules.yaml"), stringify(rules));
    writeFileSync(join(folder, "test.yaml"), stringify(test));
    run(folder, ["test", "rules", "test.yaml"]);
  });
}

/** Number of firing alerts, in a form that `expectations` can compare: no sample where there is none. */
export const firing = (matchers: string): string =>
  `count(ALERTS{alertstate="firing",${matchers}})`;

function inFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "rules-"));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(cwd: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync("promtool", args, { cwd, encoding: "utf8" });
  assert.equal(status, 0, `promtool ${args.join(" ")}:\n${stdout}${stderr}`);
}
