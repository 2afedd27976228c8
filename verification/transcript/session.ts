import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Cloud } from "../../simulation/cloud/cloud";
import { readStackFiles } from "../../simulation/stack-files";
import { PlainCli, type Typed } from "../plain-cli/plain-cli";
import { newAccount, ROOT } from "../rehearsal/engine-setup";
import { providerPackages } from "../rehearsal/packages";
import { RehearsedCluster } from "../rehearsal/rehearsed-cluster";
import type { Tools } from "../rehearsal/tools";

/** The stack's file is a copy of this one. */
const COPIED_STACK = "dev";

/** The checked-in Pulumi.yaml and a throwaway stack, over the simulated account and a real Kubernetes. */
export class Session {
  private constructor(
    private readonly cli: PlainCli,
    private readonly cluster: RehearsedCluster,
    /** What exists in AWS. */
    readonly inventory: () => readonly string[],
  ) {}

  static async open({ cli, chart, operator, cluster: { kubernetes } }: Tools): Promise<Session> {
    const folder = mkdtempSync(path.join(tmpdir(), "transcript-"));
    const { config } = readStackFiles(ROOT, COPIED_STACK);
    const region = config["aws:region"] ?? "us-east-1";
    const cluster = await RehearsedCluster.open(kubernetes, { region, chart, operator });
    const account = newAccount(Cloud.of(config, cluster.kubeconfig), cluster);
    const plain = await PlainCli.open({
      cli,
      folder,
      project: projectIn(folder),
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

/** The project's files by links, so that the throwaway stack's file is not made among them. */
function projectIn(folder: string): string {
  const project = path.join(folder, "project");
  mkdirSync(project);
  for (const name of readdirSync(ROOT)) {
    const isStack = /^Pulumi\..+\.yaml$/.test(name);
    if (!isStack && !name.startsWith(".")) {
      symlinkSync(path.join(ROOT, name), path.join(project, name));
    }
  }
  copyFileSync(
    path.join(ROOT, `Pulumi.${COPIED_STACK}.yaml`),
    path.join(project, `Pulumi.${THROWAWAY_STACK}.yaml`),
  );
  return project;
}

export const THROWAWAY_STACK = "throwaway";
