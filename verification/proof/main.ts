import { Command, Option } from "commander";
import { onControlPlane } from "../cluster/control-plane";
import { writeAnswers } from "./dashboard-answers";
import { type Means, meansOf, type ProofOptions } from "./means";
import { againInOwnNetwork } from "./own-network";
import { missingForCases } from "./programs";
import { prove } from "./prove";
import { printCases, printProof, progress } from "./report";
import { type CaseResult, ruleCases } from "./rule-cases";

/** 0: proven; 1: not as it should be; 2: could not be tried. */
const NOT_PROVEN = 1;
const NOT_TRIED = 2;

/** What is left out where that cannot run. */
const ON_CLUSTER = "targets, panels, alerts and their delivery";

void new Command("prove")
  .description(
    "Installs the prod stack on a real Kubernetes whose nodes are played, lets a real Prometheus " +
      "scrape the real services by what the real operator wrote, a real Alertmanager deliver their " +
      "alerts, and asks every dashboard's questions. Takes about 5 minutes, and root.",
  )
  .option(
    "--control-plane <program>",
    "starts the Kubernetes: `up FOLDER [ZONE...]` prints a kubeconfig, `down FOLDER` ends it",
  )
  .option("--chart <folder>", "the real kube-prometheus-stack, of the version that is pinned")
  .option("--json", "prints the result as JSON")
  .option("--write", "keeps what the dashboard's picture is drawn from, for npm run fix to draw")
  .addOption(new Option("--own-network <folder>").hideHelp())
  .addHelpText(
    "after",
    "\nExit codes: 0 proven, 1 a panel, rule or alert is not as it should be, 2 something is missing." +
      "\nWithout a control plane only the rules' cases are tried.",
  )
  .action(async (options: ProofOptions) => {
    try {
      process.exitCode = await run(options);
    } catch (error) {
      console.error(error instanceof Error ? error.message : String(error));
      process.exitCode = NOT_PROVEN;
    }
  })
  .parseAsync();

async function run(options: ProofOptions): Promise<number> {
  const missing = missingForCases();
  if (missing !== undefined) {
    console.error(missing);
    return NOT_TRIED;
  }
  const means = meansOf(options);
  if (!("skipped" in means)) {
    return options.ownNetwork === undefined
      ? againInOwnNetwork()
      : proveOnCluster(means, options.ownNetwork, options);
  }
  if (options.write === true) {
    console.error(`nothing to write: ${means.skipped}`);
    return NOT_TRIED;
  }
  const isFailure = process.env.PROOF === "required" && options.controlPlane !== undefined;
  console.error(`SKIPPED: ${ON_CLUSTER}: ${means.skipped}`);
  const cases = await tryCases();
  printCases(cases);
  return isFailure || cases.problems.length > 0 ? NOT_PROVEN : 0;
}

function proveOnCluster(
  { controlPlane, programs, chart }: Means,
  folder: string,
  { json = false, write = false }: ProofOptions,
): Promise<number> {
  progress("starting a Kubernetes");
  return onControlPlane(controlPlane, folder, async (cluster) => {
    const cases = await tryCases();
    const { dashboard, ...result } = await prove(programs, cluster, chart, folder, progress);
    const problems = [...cases.problems, ...result.problems];
    if (json)
      console.log(JSON.stringify({ ...result, cases: cases.passed, problems }, undefined, 2));
    else printProof(result, cases, chart);
    if (problems.length > 0) return NOT_PROVEN;
    if (write) {
      await writeAnswers(dashboard);
      console.error("The dashboard's answers are written. To draw them: npm run fix");
    }
    return 0;
  });
}

function tryCases(): Promise<CaseResult> {
  progress("playing the rules' cases to promtool and the routes to amtool");
  return ruleCases();
}
