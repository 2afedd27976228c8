import type { Kubernetes } from "../cluster/kubernetes";
import type { DeployedService } from "../deployed";
import { type App, type Listen, startBuilt, startQuotes } from "../proof/apps";
import { quoteTraffic, taskTraffic } from "../proof/load";
import { Monitoring } from "../proof/monitoring";
import { addressOf } from "../proof/pod";
import type { Programs } from "../proof/programs";
import { listenOf, podsOf } from "../proof/service-pods";
import type { ExpectedTargets } from "../proof/targets";

export interface ProcessesOptions {
  readonly kubernetes: Kubernetes;
  readonly programs: Programs;
  /** Those of the stack. */
  readonly services: readonly DeployedService[];
  /** Of the release. */
  readonly namespace: string;
  /** For files of all that runs. */
  readonly folder: string;
}

/** Requests are sent for as long, at most. */
const LOAD_SECONDS = 300;

/** What stands for a service's image, and who asks something of it. */
interface Program {
  readonly start: (listen: Listen) => Promise<App>;
  readonly traffic: (url: string, seconds: number) => { stop(): Promise<void> };
}

const PROGRAMS: Readonly<Record<string, Program>> = {
  "task-service": { start: (listen) => startBuilt({}, listen), traffic: taskTraffic },
  "quote-service": { start: startQuotes, traffic: quoteTraffic },
};

/** The pods' containers as processes at the pods' addresses: services, Prometheus, Alertmanager; and load. */
export class Processes {
  private readonly running: { stop(): Promise<void> }[] = [];
  /** The services' pods. */
  readonly targets: ExpectedTargets[] = [];
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
    const { kubernetes, namespace, programs, folder, services } = this.options;
    await Promise.all(services.map((service) => this.startService(service)));
    this.started = await Monitoring.start({ kubernetes, namespace, programs, folder });
    this.running.push(this.started);
  }

  private async startService(service: DeployedService): Promise<void> {
    const program = PROGRAMS[service.name];
    if (!program) throw new Error(`${service.name} must have a program here; it has none`);
    const pods = await podsOf(this.options.kubernetes, service);
    this.targets.push({ service, addresses: pods.map(addressOf) });
    for (const pod of pods) {
      const { url, child } = await program.start(listenOf(pod));
      this.running.push(child, program.traffic(url, LOAD_SECONDS));
    }
  }
}
