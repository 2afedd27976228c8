import { existsSync } from "node:fs";
import path from "node:path";
import { LocalFolder, STACK } from "../../local/local-folder";
import { Cloud } from "../../simulation/cloud/cloud";
import { readStackFiles } from "../../simulation/stack-files";
import type { Chart } from "../cluster/chart";
import { PlainCli, type Typed } from "../plain-cli/plain-cli";
import type { Cli } from "../rehearsal/cli";
import { newAccount, ROOT } from "../rehearsal/engine-setup";
import { providerPackages } from "../rehearsal/packages";

interface LocalStackOptions {
  readonly cli: Cli;
  readonly chart: Chart;
  /** Path of the cluster's kubeconfig. */
  readonly kubeconfig: string;
  /** For everything that the CLI and the command keep. */
  readonly folder: string;
}

/** A resource as `pulumi stack export` tells of it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

/** The one provider that is attached; Kubernetes' own is the real one. A third is not to be had. */
const SIMULATED = "random";
/** The shortest that the program takes: what is looked at needs two scrapes. */
const SCRAPE_INTERVAL = "5s";

/** The stack `local` on a cluster that is there, by `npm run local` as a user types it. */
export class LocalStack {
  private constructor(
    private readonly options: LocalStackOptions,
    private readonly own: LocalFolder,
    private readonly terminal: PlainCli,
  ) {}

  static async open(options: LocalStackOptions): Promise<LocalStack> {
    const { cli, folder } = options;
    const { config } = readStackFiles(ROOT, STACK);
    const own = new LocalFolder(ROOT, path.join(folder, "local"));
    const terminal = await PlainCli.open({
      cli,
      folder: path.join(folder, "terminal"),
      project: own.project,
      simulated: providerPackages(ROOT).filter(({ name }) => name === SIMULATED),
      account: newAccount(Cloud.of(config), undefined),
    });
    return new LocalStack(options, own, terminal);
  }

  up(): Promise<Typed> {
    const settings = { chart: this.options.chart.folder, scrapeInterval: SCRAPE_INTERVAL };
    return this.local(
      ...Object.entries(settings).map(([key, value]) => `--config=${key}=${value}`),
    );
  }

  down(): Promise<Typed> {
    return this.local("--down");
  }

  /** What the command keeps, its state among it; undefined where there is nothing. */
  get kept(): string | undefined {
    return existsSync(this.own.folder) ? this.own.folder : undefined;
  }

  /** Secret ones are in clear. */
  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    const json = await this.pulumi("stack", "output", "--json", "--show-secrets");
    return JSON.parse(json) as Record<string, unknown>;
  }

  /** Everything in the state. */
  async resources(): Promise<readonly StateResource[]> {
    const { deployment } = JSON.parse(await this.pulumi("stack", "export")) as {
      readonly deployment: { readonly resources?: readonly StateResource[] };
    };
    return deployment.resources ?? [];
  }

  close(): void {
    this.terminal.close();
  }

  private async local(...args: readonly string[]): Promise<Typed> {
    const given = ["--kubeconfig", this.options.kubeconfig, "--folder", this.own.folder, ...args];
    const command = ["run", "--silent", "local", "--", ...given];
    const typed = await this.terminal.run("npm", command, { cwd: ROOT });
    return { command: `npm run local${args.includes("--down") ? " -- --down" : ""}`, ...typed };
  }

  private async pulumi(...args: readonly string[]): Promise<string> {
    const env = this.own.environment(this.options.kubeconfig);
    const all = [...args, "--stack", STACK];
    const { code, printed } = await this.terminal.run("pulumi", all, {
      cwd: this.own.project,
      env,
    });
    if (code === 0) return printed;
    throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${printed}`);
  }
}
