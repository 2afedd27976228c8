import { writeFileSync } from "node:fs";
import path from "node:path";
import type { TestCluster } from "../cluster/cluster";
import type { Chart } from "../cluster/chart";
import { APPS } from "./exporters";
import { type App, type Listen, startBuilt, startScript } from "./apps";
import { libraryTraffic, taskTraffic } from "./load";
import { Notifications } from "./notifications";
import { addressOf, containerOf, type Pod, podsWith } from "./pod";
import { type PodProcess, startPodProcess } from "./pod-process";
import type { Programs } from "./programs";
import { PrometheusApi } from "./prometheus-api";
import { type Deployed, deployedServices } from "./services";
import { StackOnCluster } from "./stack-on-cluster";
import type { ExpectedTargets } from "./targets";

export const PEOPLE = "/people";
export const HEARTBEAT = "/heartbeat";

/** 5 % of the store's calls fail and most are slow: both objectives burn far too fast. */
const FAULTS = { FAULT_RATE: "0.05", FAULT_DELAY_MS: "800" };
const ALERTMANAGER_PORT = 9093;
const PROMETHEUS_PORT = 9090;

/** Everything that runs during the proof, in the network of this process. */
export class ProofEnvironment {
  private readonly running: { stop(): Promise<void> }[] = [];
  private inbox: Notifications | undefined;
  private opened: { readonly deployed: Deployed; readonly process: PodProcess } | undefined;
  /** The services' pods: each is a process of its own that listens on the pod's address only. */
  readonly targets: ExpectedTargets[] = [];
  /** Tags of the images that the chart asks for, by container. */
  readonly shipped: Record<string, string> = {};

  constructor(
    private readonly programs: Programs,
    private readonly cluster: TestCluster,
    private readonly chart: Chart,
    /** For files of all that runs; who gives it removes it. */
    private readonly folder: string,
    private readonly loadSeconds: number,
  ) {}

  get deployed(): Deployed {
    return this.mustBeOpen().deployed;
  }

  get prometheus(): PrometheusApi {
    return new PrometheusApi(this.mustBeOpen().process.url);
  }

  /** What the operator wrote for Prometheus. */
  get prometheusConfig(): string {
    return this.mustBeOpen().process.config;
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
    progress("installing the stack on the cluster");
    const stack = await this.install(deployed);
    progress("starting the pods' processes");
    const apps = await this.startServices(stack, deployed);
    const process = await this.startMonitoring(deployed);
    this.opened = { deployed, process };
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

  private async install({ objects, release }: Deployed): Promise<StackOnCluster> {
    const { kubernetes } = this.cluster;
    const kubeconfig = path.join(this.folder, "kubeconfig");
    writeFileSync(kubeconfig, kubernetes.kubeconfig, { mode: 0o600 });
    const { helm, operator } = this.programs;
    const { chart, folder } = this;
    const parts = { kubernetes, kubeconfig, chart, helm, operator, folder };
    const stack = new StackOnCluster(parts);
    this.running.push(stack);
    await stack.install(objects, release);
    return stack;
  }

  private async startServices(stack: StackOnCluster, { task, library }: Deployed) {
    const start = async (
      service: Deployed["task"],
      run: (listen: Listen) => Promise<App>,
    ): Promise<readonly App[]> => {
      const pods = await stack.podsOf(service);
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

  /** All Alertmanagers, which are one cluster, and the first Prometheus. */
  private async startMonitoring({ release }: Deployed): Promise<PodProcess> {
    const { folder, programs } = this;
    const { namespace } = release;
    const labelled = (name: string) =>
      podsWith(this.cluster.kubernetes, namespace, { "app.kubernetes.io/name": name });
    const alertmanagers = await labelled("alertmanager");
    for (const pod of alertmanagers) {
      await this.startPod(pod, {
        container: "alertmanager",
        program: programs.alertmanager,
        port: ALERTMANAGER_PORT,
        folder,
        argument: (argument) => withAddresses(argument, alertmanagers),
      });
    }
    const [prometheus] = await labelled("prometheus");
    if (!prometheus) throw new Error("the operator must have made a Prometheus; it has no pod");
    return this.startPod(prometheus, {
      container: "prometheus",
      program: programs.prometheus,
      port: PROMETHEUS_PORT,
      folder,
    });
  }

  private async startPod(pod: Pod, options: Parameters<typeof startPodProcess>[2]) {
    const { image } = containerOf(pod, options.container);
    this.shipped[options.container] = /:v?(\d[\d.]*)[^/]*$/.exec(image)?.[1] ?? image;
    const process = await startPodProcess(this.cluster.kubernetes, pod, options);
    this.running.push(process.child);
    return process;
  }
}

/** The container's own port, at the pod's address. */
function listenOf(pod: Pod): Listen {
  const [port] = pod.spec.containers.flatMap(({ ports = [] }) => ports);
  if (!port) throw new Error(`the pod ${pod.metadata.name} has no port`);
  return { host: addressOf(pod), port: port.containerPort };
}

/** `--cluster.peer` names pods, and here is no DNS that knows them. */
function withAddresses(argument: string, pods: readonly Pod[]): string {
  const [, name] = /^--cluster\.peer=([^.]+)\./.exec(argument) ?? [];
  const pod = pods.find(({ metadata }) => metadata.name === name);
  return pod ? argument.replace(/=.*:/, `=${addressOf(pod)}:`) : argument;
}
