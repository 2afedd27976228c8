import { ROOT } from "./engine-setup";
import { isAsExpected } from "./operation-checks";
import { type Options, readOptions } from "./options";
import { rehearse, whyNoCheck } from "./rehearse";
import { closingLines, printed } from "./report";
import { writeReliabilityPage } from "./reliability-page";
import { findTools } from "./tools";

/** Runs every check of the stack under the real CLI; see docs/reliability.md. */
async function main(options: Options): Promise<number> {
  const noCheck = whyNoCheck(options.only);
  if (noCheck !== undefined) {
    process.stderr.write(`error: ${noCheck}\n`);
    return 1;
  }
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
