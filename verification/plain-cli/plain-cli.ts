import { spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import type { SimulatedAccount } from "../rehearsal/account";
import type { Cli } from "../rehearsal/cli";
import type { ProviderPackage } from "../rehearsal/packages";
import { endProviders } from "../rehearsal/provider-process";
import { type Attached, attach, pulumiBin } from "./attached";
import { ended } from "./ended";

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
    private readonly options: PlainCliOptions,
    private readonly env: NodeJS.ProcessEnv,
    private readonly attached: Attached,
  ) {}

  static async open(options: PlainCliOptions): Promise<PlainCli> {
    const { folder, project, simulated, account } = options;
    mkdirSync(path.join(folder, "home"), { recursive: true });
    const attached = await attach(project, simulated, account);
    const env = {
      ...process.env,
      PATH: [pulumiBin(), process.env.PATH].join(path.delimiter),
      PULUMI_HOME: path.join(folder, "home"),
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: "throwaway",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      ...attached.env,
    };
    return new PlainCli(options, env, attached);
  }

  /** Types a command, such as `pulumi up --yes`. */
  async type(command: string): Promise<Typed> {
    const [, ...args] = command.split(" ");
    const { command: pulumi } = this.options.cli.command;
    const typed = await this.run(pulumi, [...args, "--color", "never", "--non-interactive"]);
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
      cwd: where.cwd ?? this.options.project,
      env: { ...this.env, ...where.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { code, printed } = await ended(child);
    return { printed, code: code ?? 1 };
  }

  close(): void {
    const { folder } = this.options;
    endProviders(folder);
    this.attached.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
