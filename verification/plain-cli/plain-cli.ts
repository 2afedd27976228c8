import { spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import type { SimulatedAccount } from "../rehearsal/account";
import { type Cli, pulumiHome } from "../rehearsal/cli";
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
  /** The CLI's home, its state where it has no other, and temporary files; it is removed at the end. */
  readonly folder: string;
  /** Folder with Pulumi.yaml, in which commands are typed. */
  readonly project: string;
  /** Packages whose providers are simulated; that of Kubernetes is the real one. */
  readonly simulated: readonly ProviderPackage[];
  /** What the simulated ones work on. */
  readonly account: SimulatedAccount;
}

/**
 * A user at a terminal: the plain CLI and no Automation API. Attached to it are the language host and the
 * simulated providers.
 */
export class PlainCli {
  private constructor(
    private readonly project: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly pulumi: string,
    private readonly closers: readonly (() => void)[],
  ) {}

  static async open(options: PlainCliOptions): Promise<PlainCli> {
    const { cli, folder, project, simulated, account } = options;
    mkdirSync(path.join(folder, "home"), { recursive: true });
    const servers = await serveProviders(simulated, { account });
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
      () => {
        rmSync(folder, { recursive: true, force: true });
      },
    ];
    return new PlainCli(project, env, cli.command.command, closers);
  }

  /** Types a command, such as `pulumi up --yes`. */
  async type(command: string): Promise<Typed> {
    const [, ...args] = command.split(" ");
    const typed = await this.run(this.pulumi, [...args, "--color", "never", "--non-interactive"]);
    return { command, ...typed };
  }

  /**
   * Runs any program at this terminal.
   * @param where its folder, and environment beside the terminal's. @default the project's, and none
   */
  async run(
    program: string,
    args: readonly string[],
    where: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
  ): Promise<Omit<Typed, "command">> {
    const child = spawn(program, args, {
      cwd: where.cwd ?? this.project,
      env: { ...this.env, ...where.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { code, printed } = await ended(child);
    return { printed, code: code ?? 1 };
  }

  close(): void {
    for (const close of this.closers) close();
  }
}
