import path from "node:path";
import { Command, Option } from "commander";
import { down, type LocalOptions, up } from "./local";
import { dryRun, machine } from "./shell";

interface Options {
  readonly down?: true;
  readonly dryRun?: true;
  readonly kubeconfig?: string;
  readonly config?: readonly string[];
  readonly folder?: string;
}

const ROOT = path.join(__dirname, "..");

const collect = (value: string, earlier: readonly string[] = []): readonly string[] => [
  ...earlier,
  value,
];

const command = new Command("npm run local --")
  .description(
    "The whole stack on this machine: a cluster of kind with a registry, the services' images, and " +
      "pulumi up of stack local on a state of its own in .local. Run it again after any change.",
  )
  .option("--down", "remove everything that it made")
  .option("--dry-run", "print the commands that change something, and run none of them")
  .option(
    "--kubeconfig <file>",
    "use the current context of this cluster, which is there, and its images as Pulumi.local.yaml names them",
  )
  .option(
    "--config <key=value>",
    "set a key beside those of Pulumi.local.yaml; repeatable",
    collect,
  )
  .addOption(new Option("--folder <folder>", "in place of .local, for tests").hideHelp())
  .allowExcessArguments(false)
  .parse();

async function main(options: Options): Promise<void> {
  const local: LocalOptions = {
    root: ROOT,
    shell: options.dryRun ? dryRun : machine,
    isDryRun: options.dryRun ?? false,
    print: (line) => process.stdout.write(`${line}\n`),
    ...(options.kubeconfig !== undefined && { kubeconfig: options.kubeconfig }),
    ...(options.folder !== undefined && { folder: options.folder }),
    settings: options.config ?? [],
  };
  await (options.down ? down(local) : up(local));
}

main(command.opts<Options>()).catch((error: unknown) => {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
