import { ApiProxy } from "../cluster/api-proxy";
import { AutoMode } from "../cluster/auto-mode/auto-mode";
import type { ControllerAccount } from "../cluster/auto-mode/controller-account";
import { type Chart, prepareFor } from "../cluster/chart";
import { PlayedKeda } from "../cluster/keda/played-keda";
import type { Kubernetes } from "../cluster/kubernetes";
import { Operator, type OperatorProgram } from "../cluster/operator";
import { objectsOf } from "../cluster/objects";
import { wipe } from "../cluster/wipe";
import type { Properties } from "../../simulation/resource";
import type { ClusterEvents } from "./account";

export interface RehearsedClusterOptions {
  readonly region: string;
  readonly chart: Chart;
  readonly operator: OperatorProgram;
}

/**
 * The real Kubernetes that stands for the account's EKS cluster, with what EKS Auto Mode,
 * prometheus-operator and KEDA do in it. It is emptied when the account makes or deletes its cluster.
 */
export class RehearsedCluster implements ClusterEvents {
  /** Where controllers keep what they make outside the cluster; set with each new account. */
  account: ControllerAccount | undefined;
  /** What was on it when the account deleted its cluster. */
  objectsAtEnd: readonly string[] = [];
  private autoMode: AutoMode | undefined;
  private keda: PlayedKeda | undefined;
  private operator: { stop(): Promise<void> } | undefined;

  private constructor(
    /** Past the proxy: what the rehearsal itself asks is neither refused nor counted. */
    readonly kubernetes: Kubernetes,
    /** Between the API server and both provider and Helm. */
    readonly proxy: ApiProxy,
    private readonly options: RehearsedClusterOptions,
  ) {}

  static async open(
    kubernetes: Kubernetes,
    options: RehearsedClusterOptions,
  ): Promise<RehearsedCluster> {
    return new RehearsedCluster(kubernetes, await ApiProxy.listen(kubernetes), options);
  }

  /** What the program is given: the way through the proxy. */
  get kubeconfig(): Properties {
    return JSON.parse(this.proxy.kubeconfig()) as Properties;
  }

  async created(): Promise<void> {
    await this.clear();
    if (!this.account) throw new Error("the cluster belongs to no account");
    const { kubernetes, account } = this;
    const { region } = this.options;
    this.autoMode = await AutoMode.start({
      kubernetes,
      account,
      region,
      releaseSeconds: RELEASE_SECONDS,
    });
    this.keda = new PlayedKeda(kubernetes);
    const { chart } = this.options;
    await prepareFor(chart, kubernetes);
    this.startOperator();
  }

  async deleted(): Promise<void> {
    this.objectsAtEnd = await objectsOf(this.kubernetes);
    await this.clear();
  }

  async waited(): Promise<void> {
    await this.autoMode?.deleteReleased();
  }

  /** Takes the operator away, as a node that fails does. @returns what brings it back */
  async stopOperator(): Promise<() => void> {
    await this.operator?.stop();
    return () => {
      this.startOperator();
    };
  }

  /** Takes everything off the cluster. Controllers are stopped first: what they have made outside stays. */
  async clear(): Promise<void> {
    await this.autoMode?.stop();
    await this.keda?.stop();
    await this.operator?.stop();
    this.autoMode = undefined;
    this.keda = undefined;
    this.operator = undefined;
    const left = await wipe(this.kubernetes);
    if (left !== undefined) throw new Error(left);
  }

  async close(): Promise<void> {
    await this.clear();
    await this.proxy.close();
  }

  /** Tries until it runs: its CRDs come with the chart, which may fail more than once. */
  private startOperator(): void {
    const program = this.options.operator;
    const stopped = new AbortController();
    const running = (async (): Promise<Operator | undefined> => {
      while (!stopped.signal.aborted) {
        try {
          return await Operator.start(program, this.kubernetes, CRD_SECONDS);
        } catch {
          // No CRDs yet, or they went while it started.
        }
      }
      return undefined;
    })();
    this.operator = {
      stop: async () => {
        stopped.abort();
        await (await running)?.stop();
      },
    };
  }
}

/** An EBS volume is deleted 10 to 60 s after its claim. */
const RELEASE_SECONDS = 20;

/** That one try waits for the CRDs. */
const CRD_SECONDS = 1;
