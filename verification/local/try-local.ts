import { writeFileSync } from "node:fs";
import path from "node:path";
import { SERVICES } from "../../config/services";
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
  accessProblems,
  changeProblems,
  outputProblems,
  rateProblems,
  scrapeProblems,
  stateProblems,
  watchdogProblems,
} from "./checks";
import { Controllers } from "./controllers";
import { docsProblems } from "./docs";
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
  /** As the program deploys them. */
  readonly services: readonly DeployedService[];
  readonly context: string;
  /** Its path. */
  readonly kubeconfig: string;
  readonly folder: string;
  readonly progress: (what: string) => void;
}

const RELEASE = "kubernetes:helm.sh/v3:Release";
const SETTLE_SECONDS = 120;

/**
 * Runs `pulumi up` of the stack `local` on a cluster by `npm run local`, its pods as processes, a second
 * `up` and `destroy`, and looks at what each has come to.
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
  const recording = await recordStack("local");
  const services = SERVICES.map((name) => deployedService(recording, name));
  const kubeconfig = path.join(folder, "kubeconfig");
  writeFileSync(kubeconfig, kubernetes.kubeconfig, { mode: 0o600 });
  const context = kubernetes.client.config.getCurrentContext();
  const { cli, chart, programs } = means;
  const stack = await LocalStack.open({ cli, chart, kubeconfig, folder });
  const controllers = await Controllers.start(kubernetes, chart, programs.operator);
  try {
    return await upAndDown({
      ...means,
      ...{ kubernetes, controllers, stack, services, context, kubeconfig, folder, progress },
    });
  } finally {
    stack.close();
    await controllers.stop();
  }
}

async function upAndDown(trial: Trial): Promise<LocalResult> {
  const { kubernetes, stack, progress } = trial;
  const before = await objectsOf(kubernetes);
  progress("npm run local");
  const up = await timed(() => stack.up());
  if (up.code !== 0) return { commands: [up], problems: [failed(up)] };
  const problems = await runningProblems(trial, up);
  progress("typing the documentation's commands");
  problems.push(...(await docsProblems(trial.kubeconfig)));
  progress("npm run local, again");
  const again = await timed(() => stack.up());
  problems.push(...(again.code === 0 ? changeProblems(again.printed) : [failed(again)]));
  progress("npm run local -- --down");
  const down = await timed(() => stack.down());
  if (down.code !== 0) problems.push(failed(down));
  problems.push(...(await remainingProblems(trial, before)));
  return { commands: [up, again, down], problems };
}

/** What `up` has come to: state, outputs, and what runs. */
async function runningProblems(trial: Trial, up: Typed): Promise<string[]> {
  const { kubernetes, chart, controllers, stack, services, context, programs, folder } = trial;
  const resources = await stack.resources();
  const outputs = await stack.outputs();
  const access = {
    url: String(outputs.grafanaUrl),
    password: String(outputs.grafanaAdminPassword),
  };
  const release = releaseIn(resources);
  const { namespace } = release;
  const images = Object.fromEntries(services.map((each) => [each.name, imageOf(each)]));
  const hasNodePort = chart.valuesHaveEffect;
  const problems = [
    ...stateProblems(resources),
    ...outputProblems(outputs, { context, images }),
    ...accessProblems(up.printed, access),
    ...(await grafanaProblems(kubernetes, { ...access, namespace, hasNodePort })),
  ];
  trial.progress("starting the pods' processes");
  await controllers.operatorStarted();
  if (!chart.valuesHaveEffect) await putValues(kubernetes, release);
  const open = await settled(kubernetes, { operator: true, seconds: SETTLE_SECONDS });
  if (open !== undefined) return [...problems, `the stack is ${open}.`];
  const processes = await Processes.start({ kubernetes, programs, services, namespace, folder });
  try {
    trial.progress("looking at targets, rates and alerts");
    const seen = await Promise.all([
      scrapeProblems(processes),
      rateProblems(processes),
      watchdogProblems(processes),
    ]);
    return [...problems, ...seen.flat()];
  } finally {
    await processes.stop();
  }
}

/** What is left of it on this machine, where the state was, and on the cluster. */
async function remainingProblems(
  { stack, kubernetes, progress }: Trial,
  before: readonly string[],
): Promise<string[]> {
  progress("looking for what is left");
  const objects = await leftOn(kubernetes, before);
  return [
    ...(stack.kept === undefined ? [] : [`the command has left ${stack.kept}.`]),
    ...objects.map((object) => `destroy has left ${object} on the cluster.`),
  ];
}

/** Of its one container. */
const imageOf = ({ deployment }: DeployedService): string =>
  deployment.spec.template.spec.containers.map(({ image }) => image).join();

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
