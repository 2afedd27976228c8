import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface ServiceProcess {
  readonly child: ChildProcess;
  readonly url: string;
  /** Every line of its log so far, parsed. */
  readonly log: readonly Record<string, unknown>[];
  /** Resolves to the exit code. */
  readonly exited: Promise<number | null>;
}

export interface ProcessArgs {
  readonly environment?: NodeJS.ProcessEnv;
  /** @default the service's source, by this Node */
  readonly command?: string;
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly uid?: number;
}

/** Starts the service as a process of its own and waits for its line "listening". */
export async function startProcess({
  environment = {},
  command = process.execPath,
  args = ["--import", "tsx", "src/main.ts"],
  cwd = process.cwd(),
  uid,
}: ProcessArgs = {}): Promise<ServiceProcess> {
  const child = spawn(command, args, {
    cwd,
    env: { PATH: process.env.PATH, PORT: "0", HOST: "127.0.0.1", ...environment },
    stdio: ["ignore", "pipe", "inherit"],
    ...(uid !== undefined && { uid, gid: uid }),
  });
  const exited = once(child, "exit").then(([code]) => code as number | null);
  const log: Record<string, unknown>[] = [];
  const port = await new Promise<number>((resolve, reject) => {
    createInterface(child.stdout).on("line", (line) => {
      const entry = JSON.parse(line) as Record<string, unknown>;
      log.push(entry);
      if (entry.msg === "listening") resolve(entry.port as number);
    });
    child.on("error", reject);
    void exited.then((code) => {
      reject(new Error(`exited with ${String(code)} before it listened: ${JSON.stringify(log)}`));
    });
  });
  return { child, url: `http://127.0.0.1:${port.toString()}`, log, exited };
}

/** Ends a process that a test may have left running. */
export async function kill({ child, exited }: ServiceProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  await exited;
}

/** Asks again, every 20 ms, until the answer is what is waited for; the test's timeout ends it. */
export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}
