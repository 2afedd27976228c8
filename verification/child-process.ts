import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";

/** Those that run now: none of them outlives this process, unless it is killed. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** A program that runs until it is stopped. */
export class Child {
  private output = "";
  private readonly ended: Promise<void>;

  private constructor(
    private readonly name: string,
    private readonly process: ChildProcess,
  ) {
    running.add(process);
    const keep = (chunk: Buffer) => (this.output = (this.output + chunk.toString()).slice(-20_000));
    process.stdout?.on("data", keep);
    process.stderr?.on("data", keep);
    this.ended = new Promise((resolve) => {
      process.once("close", () => {
        running.delete(process);
        resolve();
      });
      process.once("error", (error) => {
        running.delete(process);
        this.output += error.message;
        resolve();
      });
    });
  }

  static start(command: string, args: readonly string[], options: SpawnOptions = {}): Child {
    return new Child(
      command,
      spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] }),
    );
  }

  /**
   * Waits for what the program tells of itself.
   * @throws Error with its output, where it ends or says nothing of the kind in time
   */
  async says<T>(read: (output: string) => T | undefined, seconds = 20): Promise<T> {
    return this.until(() => Promise.resolve(read(this.output)), seconds);
  }

  /** Waits for an address to answer with a success. */
  async answers(url: string, seconds = 20): Promise<void> {
    await this.until(async () => {
      const response = await fetch(url).catch(() => undefined);
      return response?.ok === true ? true : undefined;
    }, seconds);
  }

  /** Waits for the end. @returns the exit code, and what it printed */
  async end(): Promise<{ readonly code: number | null; readonly output: string }> {
    await this.ended;
    return { code: this.process.exitCode, output: this.output };
  }

  /** Asks it to stop, and makes it after 10 seconds. */
  async stop(): Promise<void> {
    if (this.hasEnded) return;
    this.process.kill("SIGTERM");
    const deadline = setTimeout(() => this.process.kill("SIGKILL"), 10_000);
    await this.ended;
    clearTimeout(deadline);
  }

  private get hasEnded(): boolean {
    const { exitCode, signalCode, pid } = this.process;
    return exitCode !== null || signalCode !== null || pid === undefined;
  }

  private async until<T>(look: () => Promise<T | undefined>, seconds: number): Promise<T> {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      const seen = await look();
      if (seen !== undefined) return seen;
      const why = this.hasEnded
        ? "ended"
        : Date.now() > deadline && `was not ready within ${seconds} s`;
      if (why) throw new Error(`${this.name} ${why}:\n${this.output}`);
      await delay(100);
    }
  }
}
