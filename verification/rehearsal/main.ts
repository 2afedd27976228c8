import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { findChart } from "../cluster/chart";
import { connect } from "../cluster/cluster";
import { findOperator } from "../cluster/operator";
import { findCli, installCli } from "./cli";
import { ROOT } from "./engine-setup";
import { isAsExpected } from "./operation-checks";
import { type Options, readOptions } from "./options";
import { rehearse, type Tools } from "./rehearse";
import { closingLines, printed } from "./report";
import { writeReliabilityPage } from "./reliability-page";

/** Runs every check of the stack under the real CLI; see docs/reliability.md. */
async function main(options: Options): Promise<number> {
  const tools = await findTools(options);
  if ("missing" in tools) {
    // Nothing was asked for without a cluster.
    const isAsked = options.kubeconfig !== undefined || process.env.REHEARSAL === "required";
    process.stderr.write(`${isAsked ? "error" : "SKIPPED"}: ${tools.missing}\n`);
    return isAsked ? 1 : 0;
  }
  if (tools.cluster.warning !== undefined)
    process.stderr.write(`warning: ${tools.cluster.warning}\n`);
  const report = await rehearse(tools, options);
  if (options.write) writeReliabilityPage(ROOT, report);
  const text = options.json
    ? JSON.stringify({ ...report, closing: closingLines(report) }, null, 2)
    : printed(report);
  process.stdout.write(`${text}\n`);
  const isGood =
    report.checks.every(({ ok }) => ok) &&
    report.operations.every((each) => each.skipped !== undefined || isAsExpected(each));
  return isGood ? 0 : 1;
}

/** @returns what is there, or one sentence about the first that is missing or not to be used */
async function findTools(options: Options): Promise<Tools | { readonly missing: string }> {
  if (options.kubeconfig === undefined) {
    return {
      missing:
        "the rehearsal needs a Kubernetes that it may empty: give --kubeconfig FILE. CONTRIBUTING.md says how to get one",
    };
  }
  const cli = await (options.installCli ? installCli : findCli)(requiredVersion());
  if ("missing" in cli) return cli;
  const operator = findOperator();
  if ("missing" in operator) return operator;
  const found = findChart(options.chart === undefined ? {} : { folder: options.chart });
  if ("missing" in found) return found;
  const connected = await connect(options.kubeconfig);
  if ("refused" in connected) return { missing: connected.refused };
  return { cli, operator, chart: found.chart, cluster: connected.cluster };
}

/** The oldest CLI that Pulumi.yaml allows. */
function requiredVersion(): string {
  const project = parse(readFileSync(path.join(ROOT, "Pulumi.yaml"), "utf8")) as Record<
    string,
    unknown
  >;
  const [, version] = /^>=(\d+\.\d+\.\d+)$/.exec(String(project.requiredPulumiVersion)) ?? [];
  if (!version) throw new Error("Pulumi.yaml asks for no version of the CLI");
  return version;
}

/** While a program runs, the SDK reports unhandled rejections; at other times they are the rehearsal's. */
process.on("unhandledRejection", (reason) => {
  if (process.listenerCount("unhandledRejection") > 1) return;
  process.stderr.write(
    `error: ${reason instanceof Error ? String(reason.stack) : String(reason)}\n`,
  );
  process.exitCode = 1;
});

main(readOptions()).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(
      `error: ${error instanceof Error ? String(error.stack) : String(error)}\n`,
    );
    process.exitCode = 1;
  },
);
