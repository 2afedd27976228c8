import { Cloud } from "../../simulation/cloud/cloud";
import { readStackFiles } from "../../simulation/stack-files";
import { PlainCli, type Typed } from "../plain-cli/plain-cli";
import { newAccount, ROOT } from "../rehearsal/engine-setup";
import { providerPackages } from "../rehearsal/packages";
import { RehearsedCluster } from "../rehearsal/rehearsed-cluster";
import type { Tools } from "../rehearsal/tools";

/** The stack's file is a copy of this one. */
const COPIED_STACK = "dev";

/** The plain CLI over the simulated account and a real Kubernetes. */
export class Session {
  private constructor(
    private readonly cli: PlainCli,
    private readonly cluster: RehearsedCluster,
    /** What exists in AWS. */
    readonly inventory: () => readonly string[],
  ) {}

  static async open({ cli, chart, operator, cluster: { kubernetes } }: Tools): Promise<Session> {
    const { config } = readStackFiles(ROOT, COPIED_STACK);
    const region = config["aws:region"] ?? "us-east-1";
    const cluster = await RehearsedCluster.open(kubernetes, { region, chart, operator });
    const account = newAccount(Cloud.of(config, cluster.kubeconfig), cluster);
    const plain = await PlainCli.open({
      cli,
      from: COPIED_STACK,
      stack: THROWAWAY_STACK,
      simulated: providerPackages(ROOT),
      account,
    });
    return new Session(plain, cluster, () => account.inventory());
  }

  /** Types a command, such as `pulumi up --yes`. */
  type(command: string): Promise<Typed> {
    return this.cli.type(command);
  }

  async close(): Promise<void> {
    this.cli.close();
    await this.cluster.close();
  }
}

export const THROWAWAY_STACK = "throwaway";
