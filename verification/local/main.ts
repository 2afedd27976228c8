import { Command, Option } from "commander";
import { onControlPlane } from "../cluster/control-plane";
import { againInOwnNetwork } from "../proof/own-network";
import { progress } from "../proof/report";
import { type LocalOptions, localMeans, type Means } from "./means";
import { printResult } from "./report";
import { tryLocal } from "./try-local";

/** 0: as it should be; 1: not so; 2: could not be tried. */
const NOT_SO = 1;
const NOT_TRIED = 2;

void new Command("try-local")
  .description(
    "Types npm run local on a real Kubernetes whose nodes are played: pulumi up by the plain CLI, a real " +
      "Prometheus that scrapes the real services by what the real operator wrote, a real Alertmanager, a " +
      "second up, destroy. Takes about 2 minutes, and root.",
  )
  .option(
    "--control-plane <program>",
    "starts the Kubernetes: `up FOLDER [ZONE...]` prints a kubeconfig, `down FOLDER` ends it",
  )
  .option("--chart <folder>", "the real kube-prometheus-stack, of the version that is pinned")
  .addOption(new Option("--own-network <folder>").hideHelp())
  .addHelpText(
    "after",
    "\nExit codes: 0 all is as it should be, 1 something is not, 2 something is missing (1 where " +
      "PROOF=required).",
  )
  .action(async (options: LocalOptions) => {
    try {
      process.exitCode = await run(options);
    } catch (error) {
      console.error(error instanceof Error ? error.message : String(error));
      process.exitCode = NOT_SO;
    }
  })
  .parseAsync();

async function run(options: LocalOptions): Promise<number> {
  const means = await localMeans(options);
  if ("skipped" in means) {
    console.error(`SKIPPED: the local stack: ${means.skipped}`);
    return process.env.PROOF === "required" ? NOT_SO : NOT_TRIED;
  }
  return options.ownNetwork === undefined
    ? againInOwnNetwork()
    : tryOnCluster(means, options.ownNetwork);
}

function tryOnCluster(means: Means, folder: string): Promise<number> {
  progress("starting a Kubernetes");
  return onControlPlane(means.controlPlane, folder, async ({ kubernetes }) => {
    const result = await tryLocal(means, kubernetes, folder, progress);
    printResult(result, means.chart);
    return result.problems.length === 0 ? 0 : NOT_SO;
  });
}
