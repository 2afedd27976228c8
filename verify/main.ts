import { Command, InvalidArgumentError } from "commander";
import { useColor } from "../simulation/command-environment";
import { runChecks } from "./checks";
import { readOutputs } from "./outputs";
import { report } from "./report";

interface Options {
  readonly stack?: string;
  readonly json?: true;
  readonly timeout: number;
}

/** A load balancer is active after about 2.5 minutes, and its name may resolve later still. */
const DEFAULT_SECONDS = 300;

const command = new Command("npm run verify --")
  .description(
    "Looks at a stack that is up as its users do: Grafana's address, its login, its data source, and the " +
      "metrics of every service. Changes nothing.",
  )
  .option("--stack <name>", "stack to look at (default: the one that pulumi has selected)")
  .option("--json", "print one JSON document and nothing else")
  .option("--timeout <seconds>", "time that all of it may take", seconds, DEFAULT_SECONDS)
  .addHelpText("after", "\nExit code: 0 where everything is as it must be, else 1.")
  .allowExcessArguments(false)
  .parse();

function seconds(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number of seconds, 1 to 9999.");
}

async function main({ stack, json, timeout }: Options): Promise<void> {
  const outputs = await readOutputs(stack);
  const results = await runChecks(outputs, timeout, (line) => process.stderr.write(`${line}\n`));
  const isWell = results.every(({ result }) => result === "yes");
  process.exitCode = isWell ? 0 : 1;
  if (json) {
    const document = { grafanaUrl: outputs.grafanaUrl, ok: isWell, checks: results };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    process.stdout.write(`${report(results, useColor(process.env, process.stdout.isTTY))}\n`);
  }
}

main(command.opts()).catch((error: unknown) => {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
