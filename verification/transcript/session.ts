import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Cloud } from "../../simulation/cloud/cloud";
import { readStackFiles } from "../../simulation/stack-files";
import { pulumiHome } from "../rehearsal/cli";
import { newAccount, ROOT } from "../rehearsal/engine-setup";
import { serveLanguage } from "../rehearsal/language";
import { providerPackages } from "../rehearsal/packages";
import { endProviders } from "../rehearsal/provider-process";
import { serveProviders } from "../rehearsal/providers";
import { RehearsedCluster } from "../rehearsal/rehearsed-cluster";
import type { Tools } from "../rehearsal/tools";
import { ended } from "./ended";
import { runIn } from "./program";

/** What a command printed, and how it ended. */
export interface Typed {
  readonly command: string;
  /** Both outputs, as they came. */
  readonly printed: string;
  readonly code: number;
}

/** The stack's file is a copy of this one. */
const COPIED_STACK = "dev";

/**
 * A user at a terminal: the checked-in Pulumi.yaml and a throwaway stack, the plain CLI and no Automation
 * API. AWS is the simulated account, Kubernetes a real one.
 */
export class Session {
  private constructor(
    private readonly project: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly pulumi: string,
    /** What exists in AWS. */
    readonly inventory: () => readonly string[],
    private readonly closers: readonly (() => void | Promise<void>)[],
  ) {}

  static async open({ cli, chart, operator, cluster: { kubernetes } }: Tools): Promise<Session> {
    const folder = mkdtempSync(path.join(tmpdir(), "transcript-"));
    const { config } = readStackFiles(ROOT, COPIED_STACK);
    const region = config["aws:region"] ?? "us-east-1";
    const cluster = await RehearsedCluster.open(kubernetes, { region, chart, operator });
    const account = newAccount(Cloud.of(config, cluster.kubeconfig), cluster);
    const servers = await serveProviders(providerPackages(ROOT), { account });
    const project = projectIn(folder);
    const language = await serveLanguage(runIn(project));
    const bin = path.join(pulumiHome(), "bin");
    const env = {
      ...process.env,
      PATH: [bin, process.env.PATH].join(path.delimiter),
      PULUMI_HOME: path.join(folder, "home"),
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: "throwaway",
      PULUMI_DEBUG_PROVIDERS: servers.attach,
      PULUMI_DEBUG_LANGUAGES: language.attach,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    };
    const closers = [
      () => {
        endProviders(folder);
      },
      () => {
        language.close();
      },
      () => {
        servers.close();
      },
      () => cluster.close(),
      () => {
        rmSync(folder, { recursive: true, force: true });
      },
    ];
    const { command } = cli.command;
    return new Session(project, env, command, () => account.inventory(), closers);
  }

  /** Types a command, such as `pulumi up --yes`. */
  async type(command: string): Promise<Typed> {
    const [, ...args] = command.split(" ");
    const child = spawn(this.pulumi, [...args, "--color", "never", "--non-interactive"], {
      cwd: this.project,
      env: this.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { code, printed } = await ended(child);
    return { command, printed, code: code ?? 1 };
  }

  async close(): Promise<void> {
    for (const close of this.closers) await close();
  }
}

/** The project's files by links, so that the throwaway stack's file is not made among them. */
function projectIn(folder: string): string {
  const project = path.join(folder, "project");
  mkdirSync(project);
  mkdirSync(path.join(folder, "home"));
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
