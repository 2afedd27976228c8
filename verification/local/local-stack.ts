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
  /** The cluster's name in it. */
  readonly context: string;
}

/** A resource as `pulumi stack export` tells of it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

const STACK = "local";
/** The one provider that is attached; Kubernetes' own is the real one. A third is not to be had. */
const SIMULATED = "random";
/** The shortest that the program takes: what is looked at needs two scrapes. */
const SCRAPE_INTERVAL = "5s";

/** The checked-in stack `local` on a cluster, as a user runs it at a terminal. */
export class LocalStack {
  private constructor(private readonly cli: PlainCli) {}

  /** @throws Error where a key of the stack cannot be set */
  static async open({ cli, chart, kubeconfig, context }: LocalStackOptions): Promise<LocalStack> {
    const { config } = readStackFiles(ROOT, STACK);
    const plain = await PlainCli.open({
      cli,
      from: STACK,
      stack: STACK,
      simulated: providerPackages(ROOT).filter(({ name }) => name === SIMULATED),
      account: newAccount(Cloud.of(config), undefined),
      env: { KUBECONFIG: kubeconfig },
    });
    const stack = new LocalStack(plain);
    await stack.must(`pulumi stack init ${STACK}`);
    await stack.must(`pulumi config set kubeContext ${context}`);
    await stack.must(`pulumi config set chart ${chart.folder}`);
    await stack.must(`pulumi config set scrapeInterval ${SCRAPE_INTERVAL}`);
    return stack;
  }

  up(): Promise<Typed> {
    return this.cli.type("pulumi up --yes");
  }

  down(): Promise<Typed> {
    return this.cli.type("pulumi destroy --yes");
  }

  /** A secret one is "[secret]". */
  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    return JSON.parse(await this.must("pulumi stack output --json")) as Record<string, unknown>;
  }

  async password(): Promise<string> {
    return (await this.must("pulumi stack output grafanaAdminPassword --show-secrets")).trim();
  }

  /** Everything in the state. */
  async resources(): Promise<readonly StateResource[]> {
    const { deployment } = JSON.parse(await this.must("pulumi stack export")) as {
      readonly deployment: { readonly resources?: readonly StateResource[] };
    };
    return deployment.resources ?? [];
  }

  close(): void {
    this.cli.close();
  }

  private async must(command: string): Promise<string> {
    const { code, printed } = await this.cli.type(command);
    if (code === 0) return printed;
    throw new Error(`${command} ended with ${code}:\n${printed}`);
  }
}
