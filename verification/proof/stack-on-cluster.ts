import { writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { stringify } from "yaml";
import { Child } from "../child-process";
import { AutoMode } from "../cluster/auto-mode/auto-mode";
import { type Chart, prepareFor } from "../cluster/chart";
import type { Kubernetes, KubernetesObject } from "../cluster/kubernetes";
import { Operator, type OperatorProgram } from "../cluster/operator";
import { settled } from "../cluster/settled";
import type { DeployedObject, DeployedRelease, DeployedService } from "../deployed";
import { type Pod, podsWith } from "./pod";

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

interface Autoscaler extends KubernetesObject {
  readonly spec: {
    readonly minReplicas?: number;
    readonly scaleTargetRef: { readonly name: string };
  };
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

  /** The pods of a service, as many as its autoscaler wants at least. */
  async podsOf({ name, namespace, service }: DeployedService): Promise<readonly Pod[]> {
    const { kubernetes } = this.parts;
    const deadline = Date.now() + SETTLE_SECONDS * 1000;
    for (;;) {
      const scalers = await kubernetes.list<Autoscaler>(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        namespace,
      );
      const own = scalers.find(({ spec }) => spec.scaleTargetRef.name === name);
      const wanted = own?.spec.minReplicas ?? 1;
      const pods = await podsWith(kubernetes, namespace, service.spec.selector);
      if (pods.length >= wanted) return pods;
      if (Date.now() > deadline) {
        throw new Error(`${name} must have ${wanted} pods; got ${pods.length}`);
      }
      await delay(500);
    }
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

/**
 * Puts the few values that the proof needs where the chart's templates would: for a chart that was
 * rendered before, whose values have no effect.
 */
async function putValues(
  kubernetes: Kubernetes,
  { name, namespace, values }: DeployedRelease,
): Promise<void> {
  const { alertmanager, prometheus } = values as {
    alertmanager: { config: object; alertmanagerSpec: { secrets: readonly string[] } };
    prometheus: { prometheusSpec: { scrapeInterval?: string; evaluationInterval?: string } };
  };
  const { scrapeInterval, evaluationInterval } = prometheus.prometheusSpec;
  await kubernetes.patch(
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: `alertmanager-${name}-alertmanager`, namespace },
    },
    { stringData: { "alertmanager.yaml": stringify(alertmanager.config) } },
  );
  await kubernetes.patch(
    {
      apiVersion: MONITORING,
      kind: "Alertmanager",
      metadata: { name: `${name}-alertmanager`, namespace },
    },
    { spec: { secrets: alertmanager.alertmanagerSpec.secrets } },
  );
  await kubernetes.patch(
    {
      apiVersion: MONITORING,
      kind: "Prometheus",
      metadata: { name: `${name}-prometheus`, namespace },
    },
    { spec: { scrapeInterval, evaluationInterval } },
  );
}
