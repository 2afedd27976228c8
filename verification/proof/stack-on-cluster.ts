import { writeFileSync } from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import { Child } from "../child-process";
import { AutoMode } from "../cluster/auto-mode/auto-mode";
import { type Chart, prepareFor } from "../cluster/chart";
import type { Kubernetes } from "../cluster/kubernetes";
import { Operator, type OperatorProgram } from "../cluster/operator";
import { putValues } from "../cluster/rendered-values";
import { settled } from "../cluster/settled";
import type { DeployedObject, DeployedRelease } from "../deployed";

export interface StackParts {
  readonly kubernetes: Kubernetes;
  /** Path of the kubeconfig, for Helm. */
  readonly kubeconfig: string;
  readonly chart: Chart;
  readonly helm: string;
  readonly operator: OperatorProgram;
  /** For files that Helm reads. */
  readonly folder: string;
}

const HELM_SECONDS = 180;
const SETTLE_SECONDS = 120;
const MONITORING = "monitoring.coreos.com/v1";

/** The stack's objects and its chart on a cluster, with the operator and Auto Mode beside it. */
export class StackOnCluster {
  private readonly beside: { stop(): Promise<void> }[] = [];

  constructor(private readonly parts: StackParts) {}

  /** @throws Error where something is refused, or does not get ready in time */
  async install(objects: readonly DeployedObject[], release: DeployedRelease): Promise<void> {
    const { kubernetes, chart, operator } = this.parts;
    // Nobody asks here what Auto Mode would make in the account.
    const account = { put: () => undefined, remove: () => undefined };
    this.beside.push(await AutoMode.start({ kubernetes, account, region: "eu-west-1" }));
    await prepareFor(chart, kubernetes);
    const ofOperator = objects.filter(({ apiVersion }) => apiVersion === MONITORING);
    for (const object of objects) {
      if (!ofOperator.includes(object)) await kubernetes.apply(object);
    }
    // Helm waits for what the operator makes, which waits for the CRDs that Helm brings.
    const starting = Operator.start(operator, kubernetes).then((each) => this.beside.push(each));
    await Promise.all([starting, installChart(this.parts, release)]);
    if (!chart.valuesHaveEffect) await putValues(kubernetes, release);
    for (const object of ofOperator) await kubernetes.apply(object);
    const open = await settled(kubernetes, { operator: true, seconds: SETTLE_SECONDS });
    if (open !== undefined) throw new Error(`the stack is ${open}`);
  }

  async stop(): Promise<void> {
    for (const each of this.beside.splice(0).reverse()) await each.stop();
  }
}

async function installChart(
  { kubeconfig, chart, helm, folder }: StackParts,
  { name, namespace, values }: DeployedRelease,
): Promise<void> {
  const file = path.join(folder, "values.yaml");
  writeFileSync(file, stringify(values), { mode: 0o600 });
  const args = ["install", name, chart.folder, "--namespace", namespace, "--values", file];
  const bounds = ["--wait", "--timeout", `${HELM_SECONDS}s`, "--kubeconfig", kubeconfig];
  const { code, output } = await Child.start(helm, [...args, ...bounds]).end();
  if (code !== 0) throw new Error(`helm install of ${chart.folder} failed:\n${output}`);
}
