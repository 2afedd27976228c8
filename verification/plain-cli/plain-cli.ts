import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { SimulatedAccount } from "../rehearsal/account";
import { type Cli, pulumiHome } from "../rehearsal/cli";
import { ROOT } from "../rehearsal/engine-setup";
import { serveLanguage } from "../rehearsal/language";
import type { ProviderPackage } from "../rehearsal/packages";
import { endProviders } from "../rehearsal/provider-process";
import { serveProviders } from "../rehearsal/providers";
import { ended } from "./ended";
import { runIn } from "./program";

/** What a command printed, and how it ended. */
export interface Typed {
  readonly command: string;
  /** Both outputs, as they came. */
  readonly printed: string;
  readonly code: number;
}

export interface PlainCliOptions {
  readonly cli: Cli;
  /** The checked-in stack whose file is copied. */
  readonly from: string;
  /** Name of the stack that is made of it. */
  readonly stack: string;
  /** Packages whose providers are simulated; that of Kubernetes is the real one. */
  readonly simulated: readonly ProviderPackage[];
  /** What the simulated ones work on. */
  readonly account: SimulatedAccount;
  /** Set beside what the terminal has. @default nothing */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * A user at a terminal: the checked-in Pulumi.yaml and a throwaway stack, the plain CLI and no Automation
 * API. Attached to it are the language host and the simulated providers.
 */
export class PlainCli {
  private constructor(
    private readonly project: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly pulumi: string,
    private readonly closers: readonly (() => void)[],
  ) {}

  static async open(options: PlainCliOptions): Promise<PlainCli> {
    const { cli, from, stack, simulated, account } = options;
    const folder = mkdtempSync(path.join(tmpdir(), "plain-cli-"));
    const servers = await serveProviders(simulated, { account });
    const project = projectIn(folder, `Pulumi.${from}.yaml`, `Pulumi.${stack}.yaml`);
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
      ...options.env,
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
      () => {
        rmSync(folder, { recursive: true, force: true });
      },
    ];
    return new PlainCli(project, env, cli.command.command, closers);
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

  close(): void {
    for (const close of this.closers) close();
  }
}

/** The project's files by links, so that the throwaway stack's file is not made among them. */
function projectIn(folder: string, fromFile: string, stackFile: string): string {
  const project = path.join(folder, "project");
  mkdirSync(project);
  mkdirSync(path.join(folder, "home"));
  for (const name of readdirSync(ROOT)) {
    const isStack = /^Pulumi\..+\.yaml$/.test(name);
    if (!isStack && !name.startsWith(".")) {
      symlinkSync(path.join(ROOT, name), path.join(project, name));
    }
  }
  copyFileSync(path.join(ROOT, fromFile), path.join(project, stackFile));
  return project;
}
