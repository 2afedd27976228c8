import type { Kubernetes } from "../cluster/kubernetes";
import { addressOf, containerOf, type Pod, podsWith } from "./pod";
import { type PodProcess, type PodProcessOptions, startPodProcess } from "./pod-process";
import type { Programs } from "./programs";

export interface MonitoringParts {
  readonly kubernetes: Kubernetes;
  /** Of the release. */
  readonly namespace: string;
  readonly programs: Programs;
  /** For the files of all pods. */
  readonly folder: string;
}

const ALERTMANAGER_PORT = 9093;
const PROMETHEUS_PORT = 9090;

/** The operator's pods as processes: all Alertmanagers, which are one cluster, and the first Prometheus. */
export class Monitoring {
  /** Tags of the images that the chart asks for, by container. */
  readonly shipped: Record<string, string> = {};
  readonly alertmanagers: PodProcess[] = [];
  private first: PodProcess | undefined;

  private constructor(private readonly parts: MonitoringParts) {}

  /** @throws Error where a pod is missing, or its process does not get ready */
  static async start(parts: MonitoringParts): Promise<Monitoring> {
    const monitoring = new Monitoring(parts);
    try {
      await monitoring.startAll();
      return monitoring;
    } catch (error) {
      await monitoring.stop();
      throw error;
    }
  }

  get prometheus(): PodProcess {
    if (!this.first) throw new Error("Prometheus was not started");
    return this.first;
  }

  /** Stops the last first. */
  async stop(): Promise<void> {
    await this.first?.child.stop();
    for (const { child } of this.alertmanagers.splice(0).reverse()) await child.stop();
  }

  private async startAll(): Promise<void> {
    const { programs } = this.parts;
    const pods = await this.podsNamed("alertmanager");
    for (const pod of pods) {
      const process = await this.startPod(pod, {
        container: "alertmanager",
        program: programs.alertmanager,
        port: ALERTMANAGER_PORT,
        argument: (argument) => withAddresses(argument, pods),
      });
      this.alertmanagers.push(process);
    }
    const [prometheus] = await this.podsNamed("prometheus");
    if (!prometheus) throw new Error("the operator must have made a Prometheus; it has no pod");
    this.first = await this.startPod(prometheus, {
      container: "prometheus",
      program: programs.prometheus,
      port: PROMETHEUS_PORT,
    });
  }

  private podsNamed(name: string): Promise<readonly Pod[]> {
    const { kubernetes, namespace } = this.parts;
    return podsWith(kubernetes, namespace, { "app.kubernetes.io/name": name });
  }

  private startPod(pod: Pod, options: Omit<PodProcessOptions, "folder">): Promise<PodProcess> {
    const { kubernetes, folder } = this.parts;
    const { image } = containerOf(pod, options.container);
    this.shipped[options.container] = /:v?(\d[\d.]*)[^/]*$/.exec(image)?.[1] ?? image;
    return startPodProcess(kubernetes, pod, { ...options, folder });
  }
}

/** `--cluster.peer` names pods, and here is no DNS that knows them. */
function withAddresses(argument: string, pods: readonly Pod[]): string {
  const [, name] = /^--cluster\.peer=([^.]+)\./.exec(argument) ?? [];
  const pod = pods.find(({ metadata }) => metadata.name === name);
  return pod ? argument.replace(/=.*:/, `=${addressOf(pod)}:`) : argument;
}
