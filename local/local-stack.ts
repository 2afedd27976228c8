import type { Images } from "./images";
import { type LocalFolder, STACK } from "./local-folder";
import type { Shell, ShellOptions } from "./shell";

/** What a person needs once the stack is up. */
export interface Access {
  readonly grafanaUrl: string;
  /** What has to run for the address to answer. @default nothing */
  readonly grafanaCommand?: string;
  readonly grafanaAdminUser: string;
  readonly grafanaAdminPassword: string;
}

/** The stack by the plain CLI, on a backend of its own. */
export class LocalStack {
  private readonly options: Required<Pick<ShellOptions, "cwd" | "env">>;

  constructor(
    private readonly shell: Shell,
    folder: LocalFolder,
    /** Of the cluster. */
    kubeconfig: string,
  ) {
    this.options = { cwd: folder.project, env: folder.environment(kubeconfig) };
  }

  /** @param settings keys to set, with paths, such as `serviceImages.task-service` */
  async up(settings: Readonly<Record<string, string>>): Promise<void> {
    await this.pulumi("stack", "select", "--create", STACK);
    const config = Object.entries(settings).flatMap(([key, value]) => [
      "--config",
      `${key}=${value}`,
    ]);
    await this.pulumi(
      "up",
      "--yes",
      "--skip-preview",
      "--stack",
      STACK,
      "--config-path",
      ...config,
    );
  }

  /** Takes the stack off the cluster. */
  async down(): Promise<void> {
    await this.pulumi("destroy", "--yes", "--skip-preview", "--stack", STACK);
  }

  /** After a CLI that was killed. */
  unlock(): Promise<void> {
    return this.pulumi("cancel", "--yes", "--stack", STACK);
  }

  /** @throws Error where the CLI does not tell */
  async access(): Promise<Access> {
    const ask = ["pulumi", "stack", "output", "--json", "--show-secrets", "--stack", STACK];
    const { code, stdout, stderr } = await this.shell.read(ask, this.options);
    if (code !== 0) throw new Error(`pulumi stack output must end with 0; got ${code}: ${stderr}`);
    return JSON.parse(stdout) as Access;
  }

  private pulumi(...args: readonly string[]): Promise<void> {
    return this.shell.run(["pulumi", ...args], this.options);
  }
}

/** Keys of the configuration for images. */
export const imageSettings = (images: Images): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(images).map(([service, image]) => [`serviceImages.${service}`, image]),
  );
