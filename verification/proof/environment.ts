import { writeFileSync } from "node:fs";
import path from "node:path";
import type { TestCluster } from "../cluster/cluster";
import type { Chart } from "../cluster/chart";
import { APPS } from "./exporters";
import { type App, type Listen, startBuilt, startScript } from "./apps";
import { libraryTraffic, taskTraffic } from "./load";
import { Notifications } from "./notifications";
import { LongTermStorage } from "./long-term";
import { Monitoring } from "./monitoring";
import { addressOf } from "./pod";
import type { Programs } from "./programs";
import { PrometheusApi } from "./prometheus-api";
import { listenOf, podsOf } from "./service-pods";
import { type Deployed, deployedServices } from "./services";
import { StackOnCluster } from "./stack-on-cluster";
import type { ExpectedTargets } from "./targets";

export const PEOPLE = "/people";
export const HEARTBEAT = "/heartbeat";

/** 5 % of the store's calls fail and most are slow: both objectives burn far too fast. */
const FAULTS = { FAULT_RATE: "0.05", FAULT_DELAY_MS: "800" };

/** Everything that runs during the proof, in the network of this process. */
export class ProofEnvironment {
  private readonly running: { stop(): Promise<void> }[] = [];
  private inbox: Notifications | undefined;
  private opened:
    | {
        readonly deployed: Deployed;
        readonly monitoring: Monitoring;
        readonly longTerm: LongTermStorage;
      }
    | undefined;
  /** The services' pods: each is a process of its own that listens on the pod's address only. */
  readonly targets: ExpectedTargets[] = [];

  constructor(
    private readonly programs: Programs,
    readonly cluster: TestCluster,
    private readonly chart: Chart,
    /** For files of all that runs; who gives it removes it. */
    private readonly folder: string,
    private readonly loadSeconds: number,
  ) {}

  get deployed(): Deployed {
    return this.mustBeOpen().deployed;
  }

  get prometheus(): PrometheusApi {
    return new PrometheusApi(this.mustBeOpen().monitoring.prometheus.url);
  }

  get longTerm(): LongTermStorage {
    return this.mustBeOpen().longTerm;
  }

  /** What the operator wrote for Prometheus. */
  get prometheusConfig(): string {
    return this.mustBeOpen().monitoring.prometheus.config;
  }

  /** Tags of the images that the chart asks for, by container. */
  get shipped(): Readonly<Record<string, string>> {
    return this.mustBeOpen().monitoring.shipped;
  }

  get notifications(): Notifications {
    if (!this.inbox) throw new Error("the receiver was not started");
    return this.inbox;
  }

  /** @param progress is told what is being done */
  async start(progress: (what: string) => void): Promise<void> {
    const inbox = await Notifications.listen();
    this.inbox = inbox;
    this.running.push({ stop: () => inbox.close() });
    progress("recording the program of the prod stack");
    const deployed = await deployedServices({
      people: inbox.url(PEOPLE),
      deadMansSwitch: inbox.url(HEARTBEAT),
    });
    const longTerm = await LongTermStorage.start(this.programs.prometheus, this.folder);
    this.running.push(longTerm);
    progress("installing the stack on the cluster");
    await this.install({ ...deployed, release: longTerm.writingTo(deployed.release) });
    progress("starting the pods' processes");
    const apps = await this.startServices(deployed);
    const { namespace } = deployed.release;
    const { folder, programs } = this;
    const { kubernetes } = this.cluster;
    const monitoring = await Monitoring.start({ kubernetes, namespace, programs, folder });
    this.running.push(monitoring);
    this.opened = { deployed, monitoring, longTerm };
    for (const { url } of apps.task) this.running.push(taskTraffic(url, this.loadSeconds));
    for (const { url } of apps.library) this.running.push(libraryTraffic(url, this.loadSeconds));
  }

  /** Stops the last first. */
  async close(): Promise<void> {
    for (const part of this.running.splice(0).reverse()) await part.stop();
  }

  private mustBeOpen() {
    if (!this.opened) throw new Error("Prometheus was not started");
    return this.opened;
  }

  private async install({ objects, release }: Deployed): Promise<void> {
    const { kubernetes } = this.cluster;
    const kubeconfig = path.join(this.folder, "kubeconfig");
    writeFileSync(kubeconfig, kubernetes.kubeconfig, { mode: 0o600 });
    const { helm, operator } = this.programs;
    const { chart, folder } = this;
    const parts = { kubernetes, kubeconfig, chart, helm, operator, folder };
    const stack = new StackOnCluster(parts);
    this.running.push(stack);
    await stack.install(objects, release);
  }

  private async startServices({ task, library }: Deployed) {
    const start = async (
      service: Deployed["task"],
      run: (listen: Listen) => Promise<App>,
    ): Promise<readonly App[]> => {
      const pods = await podsOf(this.cluster.kubernetes, service);
      this.targets.push({ service, addresses: pods.map(addressOf) });
      const apps = await Promise.all(pods.map((pod) => run(listenOf(pod))));
      this.running.push(...apps.map(({ child }) => child));
      return apps;
    };
    return {
      task: await start(task, (listen) => startBuilt(FAULTS, listen)),
      library: await start(library, (listen) =>
        startScript(APPS["prometheus-api-metrics"], listen),
      ),
    };
  }
}
