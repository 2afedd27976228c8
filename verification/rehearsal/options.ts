import { Command, InvalidArgumentError } from "commander";

export interface Options {
  readonly kubeconfig?: string;
  readonly chart?: string;
  readonly olderChart: readonly string[];
  readonly all?: true;
  readonly only?: string;
  readonly installCli?: true;
  readonly json?: true;
  readonly write?: true;
  readonly seed: number;
}

/** What `npm run rehearse --` is given. Ends the process with a sentence where that is wrong. */
export function readOptions(): Options {
  const command = new Command("npm run rehearse --")
    .description(
      "Runs the real Pulumi CLI and engine over a simulated AWS account and a real, empty Kubernetes.",
    )
    .option("--kubeconfig <file>", "of a cluster whose nodes are all played by kwok; it is emptied")
    .option(
      "--chart <folder>",
      "kube-prometheus-stack; default: rendered manifests, where they are",
    )
    .option("--older-chart <folder>", "to upgrade from; may be repeated, oldest first", collect, [])
    .option("--all", "every operation and fault, and many more kills: about an hour")
    .option(
      "--only <text>",
      "only the checks whose name holds one of these (a,b), and the first up",
    )
    .option("--install-cli", "download the Pulumi CLI where there is none")
    .option("--seed <number>", "moments of the kills", seedOf, Math.floor(Math.random() * 1e6))
    .option("--write", "put the tables into docs/reliability.md")
    .option("--json", "print one JSON document and nothing else")
    .allowExcessArguments(false)
    .parse();
  return command.opts<Options>();
}

const collect = (value: string, values: readonly string[]): readonly string[] => [...values, value];

function seedOf(text: string): number {
  const seed = Number(text);
  if (!Number.isInteger(seed) || seed < 0) throw new InvalidArgumentError("a whole number");
  return seed;
}
