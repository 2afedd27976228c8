import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import type { Typed } from "../plain-cli/plain-cli";
import { ROOT } from "../rehearsal/engine-setup";
import { findTools, type Tools } from "../rehearsal/tools";
import { page } from "./page";
import { Session, THROWAWAY_STACK } from "./session";

interface Options {
  readonly kubeconfig?: string;
  readonly chart?: string;
  readonly write?: true;
}

const PASSWORD_COMMAND = "pulumi stack output grafanaAdminPassword --show-secrets";
const PAGE = path.join(ROOT, "docs", "transcript.md");

/** Types what the README tells a user to, and checks what comes. */
async function main(options: Options): Promise<number> {
  const tools = await findTools(options);
  if ("missing" in tools) {
    const isAsked = options.kubeconfig !== undefined;
    process.stderr.write(`${isAsked ? "error" : "SKIPPED"}: ${tools.missing}\n`);
    return isAsked ? 1 : 0;
  }
  const session = await Session.open(tools);
  const stop = () => {
    void session.close().finally(() => process.exit(130));
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    const typed = await typeAll(session, tools);
    if (options.write) writeFileSync(PAGE, page(versionsOf(tools), typed));
    process.stdout.write(`${typed.length} commands typed, ${typed.length} as expected\n`);
    return 0;
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    await session.close();
  }
}

async function typeAll(session: Session, { chart }: Tools): Promise<Typed[]> {
  const typed: Typed[] = [];
  const type = async (command: string): Promise<string> => {
    process.stderr.write(`$ ${command}\n`);
    const result = await session.type(command);
    assert.equal(result.code, 0, `${command} ended with ${result.code}:\n${result.printed}`);
    typed.push(result);
    return result.printed;
  };
  await type(`pulumi stack init ${THROWAWAY_STACK}`);
  await session.type(`pulumi config set chart ${chart.folder}`);
  await type("pulumi preview");
  const up = await type("pulumi up --yes");
  const url = (await type("pulumi stack output grafanaUrl")).trim();
  assert.match(url, /^http:\/\/\S+\.elb\.amazonaws\.com$/);
  const password = (await type(PASSWORD_COMMAND)).trim();
  assert.match(password, /^\S{32,}$/);
  assert.ok(!up.includes(password), "up has printed the password");
  await type("pulumi destroy --yes");
  assert.deepEqual(session.inventory(), [], "destroy has left something in the account");
  return typed.map((each) => redacted(each, password, chart.folder));
}

/** Without the password, the chart's folder here and the warnings about the provider on PATH. */
function redacted({ command, printed, code }: Typed, password: string, folder: string): Typed {
  const lines = printed.replaceAll(password, "[secret]").replaceAll(folder, "CHART").split("\n");
  const shown = lines.filter((line) => !line.includes("pulumi-resource-kubernetes from $PATH"));
  return { command, printed: shown.join("\n"), code };
}

const versionsOf = ({ cli, cluster, chart }: Tools): string =>
  `pulumi ${cli.version}, Kubernetes ${cluster.version}, chart ${chart.version}`;

const command = new Command("npm run transcript --")
  .description(
    "Runs the plain Pulumi CLI as a user does, over a simulated AWS account and a real Kubernetes.",
  )
  .option("--kubeconfig <file>", "of a cluster whose nodes are all played by kwok; it is emptied")
  .option("--chart <folder>", "kube-prometheus-stack; default: rendered manifests, where they are")
  .option("--write", "write docs/transcript.md")
  .allowExcessArguments(false)
  .parse();

main(command.opts<Options>()).then(
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
