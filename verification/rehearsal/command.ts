import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import type { Cli } from "./cli";

interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/**
 * The CLI as the Automation API calls it, with two things more: its process can be killed, and it
 * is not asked for outputs and history after every operation (three calls, whose answers are in the
 * state that a rehearsal reads anyway).
 */
export class RehearsalCommand {
  /** Arguments of `refresh` that the SDK does not know. */
  extra: readonly string[] = [];
  private child: ChildProcess | undefined;
  private killed = false;

  private constructor(private readonly file: string) {}

  /** @param folder where the SDK is to find the CLI as `bin/pulumi`, its only way of naming one */
  static async open(
    cli: Cli,
    folder: string,
  ): Promise<{ readonly command: RehearsalCommand; readonly sdk: PulumiCommand }> {
    mkdirSync(path.join(folder, "bin"), { recursive: true });
    symlinkSync(cli.file, path.join(folder, "bin", "pulumi"));
    const command = new RehearsalCommand(cli.file);
    const sdk = await PulumiCommand.get({ root: folder });
    // `run` is what the SDK calls for every command; its type does not show it.
    return { command, sdk: Object.assign(sdk, { run: command.run.bind(command) }) };
  }

  get wasKilled(): boolean {
    return this.killed;
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
    const isAfterthought = verb === "stack" && (noun === "output" || noun === "history");
    if (isAfterthought) {
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
    const child = spawn(this.file, [...args, "--non-interactive"], {
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
