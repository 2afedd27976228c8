import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type EngineEvent,
  LocalWorkspace,
  type OpMap,
  type PulumiFn,
  Stack,
} from "@pulumi/pulumi/automation";
import { parse, stringify } from "yaml";
import { Cloud } from "../simulation/cloud";
import { runProgram } from "../simulation/program";
import { isProperties } from "../simulation/resource";
import { readStackFiles } from "../simulation/stack-files";
import { SimulatedAccount } from "./account";
import type { Cli } from "./cli";
import { RehearsalCommand } from "./command";
import { serveLanguage } from "./language";
import { providerPackages } from "./packages";
import { type ProviderServers, serveProviders } from "./providers";
import { readState, readStateFile, type State, type StateResource } from "./state";

export const ROOT = path.join(__dirname, "..");
const PASSPHRASE = "rehearsal";

/** What an operation of the CLI came to. */
export interface Outcome {
  readonly ok: boolean;
  readonly killed: boolean;
  /** Everything that it printed. */
  readonly console: string;
  readonly events: readonly EngineEvent[];
  /** Steps other than `same`, planned or done: operation and URN. */
  readonly steps: readonly Step[];
  readonly summary: OpMap;
  readonly milliseconds: number;
}

export interface Step {
  readonly op: string;
  readonly urn: string;
}

/** A state and its account, to begin from again. */
export interface Saved {
  readonly checkpoint: string;
  readonly account: SimulatedAccount;
}

export interface EngineOptions {
  readonly stack: string;
  /** @default the real index.ts */
  readonly program?: PulumiFn;
  /** Keys of the stack's file to set. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/**
 * The real CLI and engine on a local file backend, running the real program in this process; its
 * providers work on a simulated account. State, home and work folders are temporary.
 */
export class Engine {
  account: SimulatedAccount;

  private constructor(
    private readonly folder: string,
    private readonly command: RehearsalCommand,
    private readonly servers: ProviderServers,
    private readonly stack: Stack,
    private readonly checkpointFile: string,
    private readonly holder: { account: SimulatedAccount },
    readonly cloud: Cloud,
  ) {
    this.account = holder.account;
  }

  static async open(cli: Cli, options: EngineOptions): Promise<Engine> {
    const folder = mkdtempSync(path.join(tmpdir(), "rehearsal-"));
    try {
      return await Engine.openIn(folder, cli, options);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  private static async openIn(folder: string, cli: Cli, options: EngineOptions): Promise<Engine> {
    const { stack, program = runProgram as PulumiFn, config = {} } = options;
    const [work, home, backend] = ["work", "home", "state"].map((name) => {
      mkdirSync(path.join(folder, name));
      return path.join(folder, name);
    }) as [string, string, string];
    // The checked-in files themselves: what the CLI makes of them is what the program gets.
    for (const file of ["Pulumi.yaml", `Pulumi.${stack}.yaml`, "index.ts"]) {
      copyFileSync(path.join(ROOT, file), path.join(work, file));
    }
    const files = readStackFiles(work, stack);
    const cloud = new Cloud({
      region: files.config["aws:region"] ?? "us-east-1",
      accountId: "123456789012",
    });
    const holder = { account: new SimulatedAccount(cloud) };
    const command = await RehearsalCommand.open(cli, path.join(folder, "cli"));
    const servers = await serveProviders(providerPackages(ROOT), holder);
    const workspace = await LocalWorkspace.create({
      workDir: work,
      pulumiHome: home,
      program,
      pulumiCommand: command,
      envVars: {
        PULUMI_BACKEND_URL: `file://${backend}`,
        PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
        PULUMI_DEBUG_PROVIDERS: servers.attach,
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      },
    });
    const checkpoint = path.join(backend, ".pulumi", "stacks", files.project, `${stack}.json`);
    const opened = await Stack.create(stack, workspace);
    const engine = new Engine(folder, command, servers, opened, checkpoint, holder, cloud);
    engine.configure(config);
    return engine;
  }

  close(): void {
    this.servers.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  up(options: { readonly continueOnError?: boolean; readonly program?: PulumiFn } = {}) {
    return this.operate((common) => this.stack.up({ ...common, ...options }));
  }

  preview(options: { readonly program?: PulumiFn } = {}): Promise<Outcome> {
    return this.operate((common) => this.stack.preview({ ...common, ...options }));
  }

  destroy(options: { readonly parallel?: number; readonly previewOnly?: boolean } = {}) {
    return this.operate((common) => this.stack.destroy({ ...common, ...options }));
  }

  /** @param flags such as `--clear-pending-creates` */
  refresh(flags: readonly string[] = []): Promise<Outcome> {
    this.command.extra = flags;
    return this.operate((common) => this.stack.refresh(common));
  }

  cancel(): Promise<void> {
    return this.stack.cancel();
  }

  /** Kills the CLI that is at work, by its pid. */
  kill(): void {
    this.command.kill();
  }

  state(): State {
    return readStateFile(this.checkpointFile);
  }

  /** As `pulumi stack export --show-secrets`: the only place where secrets can be read. */
  async openState(): Promise<State> {
    const { stdout } = await this.run(["stack", "export", "--show-secrets"]);
    return readState(stdout);
  }

  /** `pulumi import` of what exists and no state knows: where in the tree, and by which id. */
  async import(resources: readonly StateResource[]): Promise<void> {
    const names = new Map<string, string>();
    const nameOf = (urn: string): string => {
      const known = names.get(urn) ?? `resource-${names.size}`;
      names.set(urn, known);
      return known;
    };
    const entries = resources.map(({ type, name, id, parent, provider }) => ({
      type,
      name,
      id,
      ...(parent !== null && { parent: nameOf(parent) }),
      ...(provider !== null && { provider: nameOf(provider) }),
    }));
    const nameTable = Object.fromEntries([...names].map(([urn, name]) => [name, urn]));
    const file = path.join(this.folder, "import.json");
    writeFileSync(file, JSON.stringify({ nameTable, resources: entries }));
    const language = await serveLanguage();
    try {
      const flags = ["--yes", "--skip-preview", "--protect=false", "--generate-code=false"];
      await this.run(["import", "--file", file, ...flags], {
        PULUMI_DEBUG_LANGUAGES: language.attach,
      });
    } finally {
      language.close();
    }
  }

  /** Any other command of the CLI. */
  async run(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
    const { workspace } = this.stack;
    const env = { PULUMI_HOME: workspace.pulumiHome ?? "", ...workspace.envVars, ...more };
    const stack = ["--stack", this.stack.name];
    return this.command.spawn([...args, ...stack], workspace.workDir, env);
  }

  get workFolder(): string {
    return this.stack.workspace.workDir;
  }

  /** Sets keys in the stack's file. */
  configure(config: Readonly<Record<string, unknown>>): void {
    this.edit(this.stackFile, (text) => {
      const settings = parse(text) as Record<string, unknown>;
      const old = isProperties(settings.config) ? settings.config : {};
      return stringify({ ...settings, config: { ...old, ...config } });
    });
  }

  withConfig<T>(config: Readonly<Record<string, unknown>>, run: () => Promise<T>): Promise<T> {
    const change = () => {
      this.configure(config);
    };
    return this.withFile(this.stackFile, change, run);
  }

  /** Runs with a changed Pulumi.yaml. */
  withProject<T>(change: (text: string) => string, run: () => Promise<T>): Promise<T> {
    const file = path.join(this.workFolder, "Pulumi.yaml");
    const edit = () => {
      this.edit(file, change);
    };
    return this.withFile(file, edit, run);
  }

  private async withFile<T>(file: string, change: () => void, run: () => Promise<T>): Promise<T> {
    const text = readFileSync(file, "utf8");
    change();
    try {
      return await run();
    } finally {
      writeFileSync(file, text);
    }
  }

  private edit(file: string, change: (text: string) => string): void {
    writeFileSync(file, change(readFileSync(file, "utf8")));
  }

  private get stackFile(): string {
    return path.join(this.workFolder, `Pulumi.${this.stack.name}.yaml`);
  }

  /** The state as it lies on the disk. */
  checkpoint(): string {
    return readFileSync(this.checkpointFile, "utf8");
  }

  save(): Saved {
    return { checkpoint: this.checkpoint(), account: this.account.clone() };
  }

  restore({ checkpoint, account }: Saved): void {
    writeFileSync(this.checkpointFile, checkpoint);
    this.account = account.clone();
    this.holder.account = this.account;
  }

  private async operate(
    run: (common: {
      color: "never";
      onOutput: (text: string) => void;
      onError: (text: string) => void;
      onEvent: (event: EngineEvent) => void;
    }) => Promise<unknown>,
  ): Promise<Outcome> {
    const printed: string[] = [];
    const events: EngineEvent[] = [];
    const onOutput = (text: string) => printed.push(text);
    const started = Date.now();
    let ok = true;
    try {
      const onEvent = (event: EngineEvent) => events.push(event);
      await run({ color: "never", onOutput, onError: onOutput, onEvent });
    } catch (error) {
      ok = false;
      printed.push(String(error));
    }
    const killed = this.command.wasKilled;
    if (killed) this.account.callerKilled();
    this.account.observe(this.state().resources);
    return {
      ok,
      killed,
      console: printed.join(""),
      events,
      steps: events.flatMap(stepOf),
      summary: events.find((event) => event.summaryEvent)?.summaryEvent?.resourceChanges ?? {},
      milliseconds: Date.now() - started,
    };
  }
}

function stepOf(event: EngineEvent): Step[] {
  const metadata = event.resourcePreEvent?.metadata;
  if (!metadata || metadata.op === "same") return [];
  return [{ op: metadata.op, urn: metadata.urn }];
}
