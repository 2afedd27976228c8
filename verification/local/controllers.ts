import { setTimeout as delay } from "node:timers/promises";
import { AutoMode } from "../cluster/auto-mode/auto-mode";
import { type Chart, prepareFor } from "../cluster/chart";
import type { Kubernetes, KubernetesObject } from "../cluster/kubernetes";
import { Operator, type OperatorProgram } from "../cluster/operator";

/** Any: its own address is in no check. */
const REGION = "eu-west-1";
/** That the chart's CRDs may take: the real chart brings them with `up`. */
const CRD_SECONDS = 120;

/** What clusters that are there have: a default StorageClass. The rendered chart asks for it by this name. */
const STORAGE_CLASS = {
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: {
    name: "gp3",
    annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
  },
  provisioner: "ebs.csi.eks.amazonaws.com",
  volumeBindingMode: "WaitForFirstConsumer",
  reclaimPolicy: "Delete",
} satisfies KubernetesObject & Record<string, unknown>;

/** What works on the cluster beside Kubernetes' own controllers: the operator, and that of volumes. */
export class Controllers {
  private constructor(
    private readonly volumes: AutoMode,
    /** The operator, or why it did not start. */
    private readonly operator: Promise<Operator | Error>,
  ) {}

  /** Starts them; the operator waits for its CRDs. */
  static async start(
    kubernetes: Kubernetes,
    chart: Chart,
    program: OperatorProgram,
  ): Promise<Controllers> {
    // Nobody asks here what it would make outside the cluster.
    const account = { put: () => undefined, remove: () => undefined };
    const volumes = await AutoMode.start({
      kubernetes,
      account,
      region: REGION,
      releaseSeconds: 0,
    });
    await kubernetes.apply(STORAGE_CLASS);
    await prepareFor(chart, kubernetes);
    const operator = Operator.start(program, kubernetes, CRD_SECONDS).catch(asError);
    return new Controllers(volumes, operator);
  }

  /** @throws Error where it did not start */
  async operatorStarted(): Promise<void> {
    const operator = await this.operator;
    if (operator instanceof Error) throw operator;
  }

  async stop(): Promise<void> {
    // One that still waits for its CRDs ends with the process.
    const operator = await Promise.race([this.operator, delay(0)]);
    if (operator instanceof Operator) await operator.stop();
    await this.volumes.stop();
  }
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error));
