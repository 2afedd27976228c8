import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { pulumiHome } from "./cli";

/** A release as `helm list` shows it. */
export interface HelmRelease {
  readonly name: string;
  readonly namespace: string;
  readonly revision: string;
  readonly status: string;
}

/** The helm CLI on the cluster, for the steps that the documentation tells a person to do. */
export class Helm {
  private readonly kubeconfig: string;

  /** @param folder for the kubeconfig's file */
  constructor(folder: string, kubeconfig: string) {
    this.kubeconfig = path.join(folder, "helm-kubeconfig");
    writeFileSync(this.kubeconfig, kubeconfig, { mode: 0o600 });
  }

  /** `helm list -A -a`: in any status, also those that --pending leaves out. */
  async list(): Promise<readonly HelmRelease[]> {
    return JSON.parse(await this.run(["list", "-A", "-a", "-o", "json"])) as HelmRelease[];
  }

  /** `helm rollback`, without a revision to the one before. */
  async rollback({ name, namespace }: HelmRelease, revision?: string): Promise<void> {
    const to = revision === undefined ? [] : [revision];
    await this.run([
      "rollback",
      name,
      ...to,
      "--namespace",
      namespace,
      "--wait",
      "--timeout",
      "5m",
    ]);
  }

  async uninstall({ name, namespace }: HelmRelease): Promise<void> {
    await this.run(["uninstall", name, "--namespace", namespace, "--wait", "--timeout", "5m"]);
  }

  private async run(args: readonly string[]): Promise<string> {
    const bin = path.join(pulumiHome(), "bin");
    const env = {
      ...process.env,
      PATH: [bin, process.env.PATH].join(path.delimiter),
      KUBECONFIG: this.kubeconfig,
    };
    const { stdout } = await promisify(execFile)("helm", args, { env, maxBuffer: 2 ** 26 });
    return stdout;
  }
}
