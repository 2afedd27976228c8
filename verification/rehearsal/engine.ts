import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { repairFiles } from "./backend-files";
import type { EngineEvent, OpMap, PulumiFn } from "@pulumi/pulumi/automation";
import type { Cloud } from "../../simulation/cloud/cloud";
import type { SimulatedAccount } from "./account";
import type { Cli } from "./cli";
import { serveLanguage } from "./language";
import { type EngineOptions, type EngineParts, newAccount, setUpEngine } from "./engine-setup";
import { endProviders, providersOf } from "./provider-process";
import type { RehearsedCluster } from "./rehearsed-cluster";
import { readState, readStateFile, type State, type StateResource } from "./state";
import type { WorkFolder } from "./work-folder";

/** The result of an operation of the CLI. */
export interface Outcome {
  readonly ok: boolean;
  readonly killed: boolean;
  /** What had to be done to the backend's files before any command could read them again. */
  readonly repairs: readonly string[];
  /** Everything that it printed, on both outputs. */
  readonly console: string;
  readonly events: readonly EngineEvent[];
  /** Steps other than `same`, planned or done: operation and URN. */
  readonly steps: readonly Step[];
  readonly summary: OpMap;
  readonly milliseconds: number;
}

interface Step {
  readonly op: string;
  readonly urn: string;
}

/**
 * The real CLI and engine on a local file backend, running the real program in this process; AWS
 * is a simulated account, and Kubernetes a real one. State, home and work folders are temporary.
 */
export class Engine {
  private readonly holder: { account: SimulatedAccount };
  /** The state of a stack in which nothing is. */
  private readonly emptyCheckpoint: string;

  private constructor(private readonly parts: EngineParts) {
    this.holder = parts.holder;
    this.emptyCheckpoint = this.checkpoint();
  }

  static async open(cli: Cli, options: EngineOptions): Promise<Engine> {
    const folder = mkdtempSync(path.join(tmpdir(), "rehearsal-"));
    try {
      return new Engine(await setUpEngine(folder, cli, options));
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** The account that the providers work on. */
  get account(): SimulatedAccount {
    return this.holder.account;
  }

  get cloud(): Cloud {
    return this.account.cloud;
  }

  /** @throws Error where the engine was opened without one */
  get cluster(): RehearsedCluster {
    const { cluster } = this.parts;
    if (!cluster) throw new Error("this engine was opened without a cluster");
    return cluster;
  }

  /** Temporary, and gone with the engine. */
  get folder(): string {
    return this.parts.folder;
  }

  get work(): WorkFolder {
    return this.parts.work;
  }

  close(): void {
    this.parts.command.kill();
    endProviders(this.parts.folder);
    this.parts.servers.close();
    rmSync(this.parts.folder, { recursive: true, force: true });
  }

  up(
    options: {
      readonly continueOnError?: boolean;
      readonly program?: PulumiFn;
      readonly refresh?: true;
      /** URNs of what is to be replaced. */
      readonly replace?: string[];
    } = {},
  ) {
    return this.operate((common) => this.parts.stack.up({ ...common, ...options }));
  }

  preview(
    options: {
      readonly program?: PulumiFn;
      readonly refresh?: true;
      readonly replace?: string[];
    } = {},
  ): Promise<Outcome> {
    return this.operate((common) => this.parts.stack.preview({ ...common, ...options }));
  }

  /** @param options `runProgram` where resources have hooks for their delete */
  destroy(
    options: {
      readonly parallel?: number;
      readonly previewOnly?: boolean;
      readonly runProgram?: boolean;
    } = {},
  ) {
    return this.operate((common) => this.parts.stack.destroy({ ...common, ...options }));
  }

  /** @param flags such as `--clear-pending-creates` */
  refresh(flags: readonly string[] = []): Promise<Outcome> {
    this.parts.command.extra = flags;
    return this.operate((common) => this.parts.stack.refresh(common));
  }

  cancel(): Promise<void> {
    return this.parts.stack.cancel();
  }

  /** Kills the CLI that is at work, by its pid. Its Kubernetes provider survives that. */
  kill(): void {
    this.parts.command.kill();
  }

  /** Pids of what is at work: the CLI, which the engine is in, and its Kubernetes providers. */
  processes(): { readonly engine: number | undefined; readonly providers: readonly number[] } {
    return { engine: this.parts.command.pid, providers: providersOf(this.parts.folder) };
  }

  /** Ends Kubernetes providers whose CLI was killed. */
  endProviders(): void {
    endProviders(this.parts.folder);
  }

  /** Whether Kubernetes providers run whose CLI was killed. */
  hasProviders(): boolean {
    return providersOf(this.parts.folder).length > 0;
  }

  state(): State {
    return readStateFile(this.parts.checkpointFile);
  }

  /** As `pulumi stack export --show-secrets`: the only place where secrets can be read. */
  async openState(): Promise<State> {
    const { stdout } = await this.run(["stack", "export", "--show-secrets"]);
    return readState(stdout);
  }

  /** `pulumi import` of resources that exist and are in no state, each with its parent and id. */
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
    const file = path.join(this.parts.folder, "import.json");
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
    const { workspace } = this.parts.stack;
    const env = { PULUMI_HOME: workspace.pulumiHome ?? "", ...workspace.envVars, ...more };
    const stack = ["--stack", this.parts.stack.name];
    return this.parts.command.spawn([...args, ...stack], workspace.workDir, env);
  }

  /** The text of the state file. */
  checkpoint(): string {
    return readFileSync(this.parts.checkpointFile, "utf8");
  }

  /** Writes another state, as another program would have left it. */
  writeCheckpoint(text: string): void {
    writeFileSync(this.parts.checkpointFile, text);
    repairFiles(this.parts.checkpointFile);
  }

  /** An empty state, an empty account and an empty cluster, whatever was there. */
  async startAgain(): Promise<void> {
    this.endProviders();
    await this.parts.cluster?.clear();
    this.writeCheckpoint(this.emptyCheckpoint);
    this.holder.account = newAccount(this.cloud, this.parts.cluster);
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
    const program = watchProgram();
    try {
      const onEvent = (event: EngineEvent) => events.push(event);
      await run({ color: "never", onOutput, onError: onOutput, onEvent });
    } catch (error) {
      ok = false;
      printed.push(String(error));
    } finally {
      await program.abandon(ok);
    }
    const killed = this.parts.command.wasKilled;
    const repairs = killed ? repairFiles(this.parts.checkpointFile) : [];
    await this.account.settle();
    return {
      ok,
      killed,
      repairs,
      console: printed.join(""),
      events,
      steps: events.flatMap(stepOf),
      summary: events.find((event) => event.summaryEvent)?.summaryEvent?.resourceChanges ?? {},
      milliseconds: Date.now() - started,
    };
  }
}

/** Waits until no error has come for this long: then the program has reported its last. */
const QUIET_MILLISECONDS = 200;

/**
 * A program whose engine has stopped waits for answers that never come. Its last errors must not be
 * taken for those of the next program, so they are waited for, and its error handlers are removed.
 */
function watchProgram(): { abandon(ended: boolean): Promise<void> } {
  const events = ["uncaughtException", "unhandledRejection"] as const;
  const handlers = (event: (typeof events)[number]) => process.listeners(event as "exit");
  const before = events.map((event) => new Set<unknown>(handlers(event)));
  let errors = 0;
  const count = () => errors++;
  process.on("unhandledRejection", count);
  return {
    abandon: async (ended) => {
      for (let seen = -1; !ended && seen !== errors;) {
        seen = errors;
        await setTimeout(QUIET_MILLISECONDS);
      }
      events.forEach((event, index) => {
        for (const handler of handlers(event)) {
          if (!before[index]?.has(handler)) process.off(event, handler);
        }
      });
    },
  };
}

function stepOf(event: EngineEvent): Step[] {
  const metadata = event.resourcePreEvent?.metadata;
  if (!metadata || metadata.op === "same") return [];
  return [{ op: metadata.op, urn: metadata.urn }];
}
