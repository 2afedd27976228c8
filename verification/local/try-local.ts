import { writeFileSync } from "node:fs";
import path from "node:path";
import { recordStack } from "../../simulation/record-stack";
import type { Kubernetes } from "../cluster/kubernetes";
import { objectsOf } from "../cluster/objects";
import { putValues } from "../cluster/rendered-values";
import { settled } from "../cluster/settled";
import { type DeployedRelease, type DeployedService, deployedService } from "../deployed";
import type { Typed } from "../plain-cli/plain-cli";
import { SERVICE_FOLDER } from "../proof/apps";
import { run } from "../proof/programs";
import {
  changeProblems,
  outputProblems,
  rateProblems,
  scrapeProblems,
  stateProblems,
  watchdogProblems,
} from "./checks";
import { Controllers } from "./controllers";
import { grafanaProblems } from "./grafana";
import { leftOn } from "./left";
import { LocalStack, type StateResource } from "./local-stack";
import type { Means } from "./means";
import { Processes } from "./processes";

/** What was typed, and how long it took. */
export interface TimedCommand extends Typed {
  readonly seconds: number;
}

export interface LocalResult {
  /** The first up, the second, and destroy; those after one that failed are left out. */
  readonly commands: readonly TimedCommand[];
  /** A sentence for each thing that is not as it should be. */
  readonly problems: readonly string[];
}

/** All that a try has to do with. */
interface Trial extends Means {
  readonly kubernetes: Kubernetes;
  readonly controllers: Controllers;
  readonly stack: LocalStack;
  /** As the program deploys it. */
  readonly service: DeployedService;
  readonly context: string;
  readonly folder: string;
  readonly progress: (what: string) => void;
}

const SERVICE = "task-service";
const RELEASE = "kubernetes:helm.sh/v3:Release";
const SETTLE_SECONDS = 120;

/**
 * Runs `pulumi up` of the stack `local` on a cluster, its pods as processes, a second `up` and `destroy`,
 * and looks at what each has come to.
 * @param folder for files of all that runs
 * @param progress is told what is being done
 * @throws Error where something could not be started at all
 */
export async function tryLocal(
  means: Means,
  kubernetes: Kubernetes,
  folder: string,
  progress: (what: string) => void,
): Promise<LocalResult> {
  progress("building task-service");
  run("npm", ["run", "build"], { cwd: SERVICE_FOLDER });
  const service = deployedService(await recordStack("local"), SERVICE);
  const kubeconfig = path.join(folder, "kubeconfig");
  writeFileSync(kubeconfig, kubernetes.kubeconfig, { mode: 0o600 });
  const context = kubernetes.client.config.getCurrentContext();
  const { cli, chart, programs } = means;
  const stack = await LocalStack.open({ cli, chart, kubeconfig, context });
  const controllers = await Controllers.start(kubernetes, chart, programs.operator);
  try {
    return await upAndDown({
      ...means,
      ...{ kubernetes, controllers, stack, service, context, folder, progress },
    });
  } finally {
    stack.close();
    await controllers.stop();
  }
}

async function upAndDown(trial: Trial): Promise<LocalResult> {
  const { kubernetes, stack, progress } = trial;
  const before = await objectsOf(kubernetes);
  progress("pulumi up");
  const up = await timed(() => stack.up());
  if (up.code !== 0) return { commands: [up], problems: [failed(up)] };
  const problems = await runningProblems(trial, up);
  progress("pulumi up again");
  const again = await timed(() => stack.up());
  problems.push(...(again.code === 0 ? changeProblems(again.printed) : [failed(again)]));
  progress("pulumi destroy");
  const down = await timed(() => stack.down());
  if (down.code !== 0) problems.push(failed(down));
  problems.push(...(await remainingProblems(trial, before)));
  return { commands: [up, again, down], problems };
}

/** What `up` has come to: state, outputs, and what runs. */
async function runningProblems(trial: Trial, up: Typed): Promise<string[]> {
  const { kubernetes, chart, controllers, stack, service, context, programs, folder } = trial;
  const resources = await stack.resources();
  const outputs = await stack.outputs();
  const password = await stack.password();
  const release = releaseIn(resources);
  const { namespace } = release;
  const { image } = service.deployment.spec.template.spec.containers[0] ?? { image: "none" };
  const problems = [
    ...stateProblems(resources),
    ...outputProblems(outputs, { context, image }),
    ...(await grafanaProblems(kubernetes, {
      url: String(outputs.grafanaUrl),
      password,
      namespace,
      hasNodePort: chart.valuesHaveEffect,
    })),
    ...(up.printed.includes(password) ? ["up must not print Grafana's password; it did."] : []),
  ];
  trial.progress("starting the pods' processes");
  await controllers.operatorStarted();
  if (!chart.valuesHaveEffect) await putValues(kubernetes, release);
  const open = await settled(kubernetes, { operator: true, seconds: SETTLE_SECONDS });
  if (open !== undefined) return [...problems, `the stack is ${open}.`];
  const processes = await Processes.start({ kubernetes, programs, service, namespace, folder });
  try {
    trial.progress("looking at targets, rates and alerts");
    const seen = await Promise.all([
      scrapeProblems(processes, service),
      rateProblems(processes),
      watchdogProblems(processes),
    ]);
    return [...problems, ...seen.flat()];
  } finally {
    await processes.stop();
  }
}

/** What `destroy` has left, in the state and on the cluster. */
async function remainingProblems(
  { stack, kubernetes, progress }: Trial,
  before: readonly string[],
): Promise<string[]> {
  progress("looking for what is left");
  const resources = await stack.resources();
  const objects = await leftOn(kubernetes, before);
  return [
    ...resources.map(({ urn }) => `destroy has left ${urn} in the state.`),
    ...objects.map((object) => `destroy has left ${object} on the cluster.`),
  ];
}

/** The chart's release as the program has asked for it. */
function releaseIn(resources: readonly StateResource[]): DeployedRelease {
  const found = resources.find(({ type }) => type === RELEASE);
  if (found?.inputs) return found.inputs as unknown as DeployedRelease;
  throw new Error(`the state must hold a ${RELEASE}; it has none`);
}

async function timed(type: () => Promise<Typed>): Promise<TimedCommand> {
  const start = Date.now();
  const typed = await type();
  return { ...typed, seconds: (Date.now() - start) / 1000 };
}

const failed = ({ command, code, printed }: Typed): string =>
  `${command} ended with ${code}:\n${printed}`;
