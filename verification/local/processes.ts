import type { Kubernetes } from "../cluster/kubernetes";
import type { DeployedService } from "../deployed";
import { type App, startBuilt } from "../proof/apps";
import { taskTraffic } from "../proof/load";
import { Monitoring } from "../proof/monitoring";
import { addressOf } from "../proof/pod";
import type { Programs } from "../proof/programs";
import { listenOf, podsOf } from "../proof/service-pods";

export interface ProcessesOptions {
  readonly kubernetes: Kubernetes;
  readonly programs: Programs;
  readonly service: DeployedService;
  /** Of the release. */
  readonly namespace: string;
  /** For files of all that runs. */
  readonly folder: string;
}

/** Requests are sent for as long, at most. */
const LOAD_SECONDS = 300;

/** The pods' containers as processes at the pods' addresses: task-service, Prometheus, Alertmanager; and load. */
export class Processes {
  private readonly running: { stop(): Promise<void> }[] = [];
  /** Of task-service's pods. */
  readonly addresses: string[] = [];
  private started: Monitoring | undefined;

  private constructor(private readonly options: ProcessesOptions) {}

  /** @throws Error where a pod is missing, or its process does not get ready */
  static async start(options: ProcessesOptions): Promise<Processes> {
    const processes = new Processes(options);
    try {
      await processes.startAll();
      return processes;
    } catch (error) {
      await processes.stop();
      throw error;
    }
  }

  get monitoring(): Monitoring {
    if (!this.started) throw new Error("Prometheus was not started");
    return this.started;
  }

  /** Stops the last first. */
  async stop(): Promise<void> {
    for (const part of this.running.splice(0).reverse()) await part.stop();
  }

  private async startAll(): Promise<void> {
    const apps = await this.startService();
    const { kubernetes, namespace, programs, folder } = this.options;
    this.started = await Monitoring.start({ kubernetes, namespace, programs, folder });
    this.running.push(this.started);
    for (const { url } of apps) this.running.push(taskTraffic(url, LOAD_SECONDS));
  }

  private async startService(): Promise<readonly App[]> {
    const pods = await podsOf(this.options.kubernetes, this.options.service);
    this.addresses.push(...pods.map(addressOf));
    return Promise.all(
      pods.map(async (pod) => {
        const app = await startBuilt({}, listenOf(pod));
        this.running.push(app.child);
        return app;
      }),
    );
  }
}
