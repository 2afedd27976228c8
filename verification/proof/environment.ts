import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import {
  type AlertmanagerConfig,
  receiverFolder,
} from "../../observability/alertmanager/alertmanager-config";
import { RECEIVER_SECRETS } from "../../components/monitoring-stack/alerting";
import { type App, startBuilt, startScript } from "./apps";
import { Child } from "../child-process";
import { APPS } from "./exporters";
import { libraryTraffic, taskTraffic } from "./load";
import { Notifications } from "./notifications";
import { forOldAlertmanager } from "./old-alertmanager";
import { type Programs, run } from "./programs";
import { PrometheusApi } from "./prometheus-api";
import { podTarget, scrapeConfig, strangersTarget } from "./scrape-config";
import { type Deployed, HEARTBEAT_KEY, PEOPLE_KEY } from "./services";

export const PEOPLE = "/people";
export const HEARTBEAT = "/heartbeat";

/** 5 % of the store's calls fail and most are slow: both objectives burn far too fast. */
const FAULTS = { FAULT_RATE: "0.05", FAULT_DELAY_MS: "800" };
/** A scrape and an evaluation; a cluster has 30 s, which would only make the proof longer. */
const INTERVAL = "2s";
/** As in the chart, which has an alert that always fires, for the dead man's switch. */
const WATCHDOG = {
  groups: [
    {
      name: "general.rules",
      rules: [{ alert: "Watchdog", expr: "vector(1)", labels: { severity: "none" } }],
    },
  ],
};

/** Everything that runs during the proof, on loopback, in a temporary folder. */
export class ProofEnvironment {
  readonly folder = mkdtempSync(join(tmpdir(), "proof-"));
  /** How many fields of Alertmanager's configuration had to be written as an older release has them. */
  swapped = 0;
  private readonly running: { stop(): Promise<void> }[] = [];
  private api: PrometheusApi | undefined;
  private inbox: Notifications | undefined;

  constructor(
    private readonly programs: Programs,
    private readonly deployed: Deployed,
    private readonly loadSeconds: number,
  ) {}

  get prometheus(): PrometheusApi {
    if (!this.api) throw new Error("Prometheus was not started");
    return this.api;
  }

  get notifications(): Notifications {
    if (!this.inbox) throw new Error("the receiver was not started");
    return this.inbox;
  }

  async open(): Promise<void> {
    const inbox = await Notifications.listen();
    this.inbox = inbox;
    this.running.push({ stop: () => inbox.close() });
    const task = await this.app(startBuilt(FAULTS));
    const library = await this.app(startScript(APPS["prometheus-api-metrics"]));
    const alertmanager = await this.startAlertmanager();
    await this.startPrometheus(task, library, alertmanager);
    this.running.push(taskTraffic(task.port, this.loadSeconds));
    this.running.push(libraryTraffic(library.port, this.loadSeconds));
  }

  /** Stops the last first, whatever became of the others, and leaves nothing behind. */
  async close(): Promise<void> {
    for (const part of this.running.splice(0).reverse()) await part.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async app(starting: Promise<App>): Promise<App> {
    const app = await starting;
    this.running.push(app.child);
    return app;
  }

  private async startAlertmanager(): Promise<number> {
    const addresses = {
      [PEOPLE_KEY]: this.notifications.url(PEOPLE),
      [HEARTBEAT_KEY]: this.notifications.url(HEARTBEAT),
    };
    const secrets = join(this.folder, "secrets");
    mkdirSync(secrets);
    for (const [key, url] of Object.entries(addresses)) writeFileSync(join(secrets, key), url);
    const { config, swapped } = forOldAlertmanager(
      readingFrom(secrets, this.deployed.alertmanagerConfig),
      [this.programs.alertmanager, this.programs.amtool],
      addresses,
    );
    this.swapped = swapped;
    const file = this.write("alertmanager.yaml", config);
    run(this.programs.amtool, ["check-config", file]);
    return this.server(this.programs.alertmanager, [
      `--config.file=${file}`,
      `--storage.path=${join(this.folder, "alertmanager")}`,
      "--web.listen-address=127.0.0.1:0",
      // One alone: it need not look for others.
      "--cluster.listen-address=",
    ]);
  }

  private async startPrometheus(task: App, library: App, alertmanager: number): Promise<void> {
    const jobs = [];
    for (const [service, { port }] of [
      [this.deployed.task, task],
      [this.deployed.library, library],
    ] as const) {
      const target = podTarget(service, port);
      jobs.push(scrapeConfig(service.serviceMonitor, [target, strangersTarget(target)]));
    }
    const rules = {
      "task-service.yaml": this.deployed.task.rules,
      "library-service.yaml": this.deployed.library.rules,
      "watchdog.yaml": WATCHDOG,
    };
    const files = Object.entries(rules).map(([name, spec]) => this.write(name, spec));
    run(this.programs.promtool, ["check", "rules", ...files]);
    const file = this.write("prometheus.yaml", {
      global: {
        scrape_interval: INTERVAL,
        scrape_timeout: INTERVAL,
        evaluation_interval: INTERVAL,
      },
      rule_files: files,
      scrape_configs: jobs,
      alerting: {
        alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertmanager}`] }] }],
      },
    });
    run(this.programs.promtool, ["check", "config", file]);
    const port = await this.server(this.programs.prometheus, [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(this.folder, "prometheus")}`,
      "--web.listen-address=127.0.0.1:0",
    ]);
    this.api = new PrometheusApi(`http://127.0.0.1:${port}`);
  }

  /** Both log the port that the system gave them, and answer at /-/ready once they work. */
  private async server(program: string, args: readonly string[]): Promise<number> {
    const child = Child.start(program, args);
    this.running.push(child);
    const port = await child.says((output) => {
      const [, found] = /Listening on"?.* address=127\.0\.0\.1:(\d+)/.exec(output) ?? [];
      return found === undefined ? undefined : Number(found);
    });
    await child.answers(`http://127.0.0.1:${port}/-/ready`);
    return port;
  }

  private write(name: string, content: object): string {
    const file = join(this.folder, name);
    writeFileSync(file, stringify(content));
    return file;
  }
}

/** The same configuration, with the files of its secrets where they are on this machine. */
const readingFrom = (folder: string, config: AlertmanagerConfig): AlertmanagerConfig =>
  JSON.parse(
    JSON.stringify(config).replaceAll(receiverFolder(RECEIVER_SECRETS), folder),
  ) as AlertmanagerConfig;
