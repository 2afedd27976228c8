import { type ChildProcess, spawn } from "node:child_process";
import type { PulumiCommand } from "@pulumi/pulumi/automation";
import type { Cli } from "./cli";

interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/**
 * The CLI as the Automation API calls it, with two differences: its process can be killed, and the
 * calls for outputs and history after every operation are left out, because a rehearsal reads the
 * state itself.
 */
export class RehearsalCommand {
  /** Arguments of `refresh` that the SDK does not know. */
  extra: readonly string[] = [];
  private child: ChildProcess | undefined;
  private killed = false;

  constructor(private readonly cli: Cli) {}

  /** What the SDK is to call. `run` is its only method, though its type does not show it. */
  forSdk(): PulumiCommand {
    const sdk = Object.create(this.cli.command) as PulumiCommand;
    return Object.assign(sdk, { run: this.run.bind(this) });
  }

  get wasKilled(): boolean {
    return this.killed;
  }

  /** Of the CLI that was started last. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  kill(): void {
    this.killed = true;
    this.child?.kill("SIGKILL");
  }

  run(
    args: readonly string[],
    cwd: string,
    env: Readonly<Record<string, string>>,
    onOutput?: (text: string) => void,
    onError?: (text: string) => void,
  ): Promise<CommandResult> {
    const [verb, noun] = args;
    const asksForOutputs = verb === "stack" && (noun === "output" || noun === "history");
    if (asksForOutputs) {
      return Promise.resolve({ stdout: noun === "output" ? "{}" : "[]", stderr: "", code: 0 });
    }
    const extra = verb === "refresh" ? this.extra : [];
    return this.spawn([...args, ...extra], cwd, env, onOutput, onError);
  }

  spawn(
    args: readonly string[],
    cwd: string,
    env: Readonly<Record<string, string>>,
    onOutput: (text: string) => void = () => undefined,
    onError: (text: string) => void = () => undefined,
  ): Promise<CommandResult> {
    this.killed = false;
    const child = spawn(this.cli.command.command, [...args, "--non-interactive"], {
      cwd,
      env: { ...process.env, ...env, PULUMI_AUTOMATION_API: "true" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      onOutput(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      onError(text);
    });
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => {
        if (code === 0) resolve({ stdout, stderr, code });
        else reject(new Error(`pulumi ${args[0] ?? ""} ended with ${String(code)}\n${stderr}`));
      });
    });
  }
}
