import { Child } from "../child-process";

const FILES = ["slo-rules", "service-alerts", "alertmanager-config", "alert-inhibition"];

export interface CaseResult {
  readonly passed: number;
  /** The failures, as mocha prints them; none: all passed. */
  readonly problems: readonly string[];
}

/** The tests that need promtool, amtool or an Alertmanager, none of them skipped. */
export async function ruleCases(): Promise<CaseResult> {
  const args = [
    "node_modules/mocha/bin/mocha.js",
    "--no-config",
    "--require=./register.cjs",
    "--timeout=120000",
    ...FILES.map((file) => `tests/observability/${file}.test.ts`),
  ];
  const mocha = Child.start("node", args, { env: { ...process.env, PROOF: "required" } });
  const { code, output } = await mocha.end();
  const [, passed = "0"] = /(\d+) passing/.exec(output) ?? [];
  return {
    passed: Number(passed),
    problems: code === 0 ? [] : [`the rules' cases failed:\n${output}`],
  };
}
