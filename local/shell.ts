import { spawn } from "node:child_process";
import { quoted } from "../config/commands";

/** How a command ended. */
export interface Ended {
  /** 127 where there is no such program. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ShellOptions {
  /** Written to its standard input. @default none */
  readonly input?: string;
  /** @default that of this process */
  readonly cwd?: string;
  /** Beside those of this process. @default none */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs programs. What is tested without Docker is tested through it. */
export interface Shell {
  /** Asks something and changes nothing; the caller judges the exit code. */
  readonly read: (command: readonly string[], options?: ShellOptions) => Promise<Ended>;
  /** Does something, with its output on the terminal. @throws CommandFailed where it does not end with 0 */
  readonly run: (command: readonly string[], options?: ShellOptions) => Promise<void>;
}

/** A command that changes something did not end well; its own output is on the terminal already. */
class CommandFailed extends Error {
  constructor(command: readonly string[], code: number) {
    super(`${shown(command)} must end with 0; got ${code}.`);
  }
}

const NO_SUCH_PROGRAM = 127;
const INTERRUPTED = 130;

/** As a person would type it. */
const shown = (command: readonly string[]): string => command.map(quoted).join(" ");

/** The programs of this machine. */
export const machine: Shell = {
  read: (command, options) => start(command, options, "pipe"),
  run: async (command, options) => {
    process.stderr.write(`$ ${shown(command)}\n`);
    const { code } = await start(command, options, "inherit");
    if (code !== 0) throw new CommandFailed(command, code);
  },
};

/** Asks this machine and prints what it would do. */
export const dryRun: Shell = {
  read: machine.read,
  run: (command) => {
    process.stdout.write(`${shown(command)}\n`);
    return Promise.resolve();
  },
};

function start(
  [program = "", ...args]: readonly string[],
  { input, cwd, env }: ShellOptions = {},
  output: "pipe" | "inherit",
): Promise<Ended> {
  const child = spawn(program, args, {
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, ...env },
    stdio: [input === undefined ? "ignore" : "pipe", output, output],
  });
  // A terminal interrupts the program itself, which then ends in its own way; this one waits for it.
  const wait = () => undefined;
  process.on("SIGINT", wait);
  const texts = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (texts.stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (texts.stderr += text));
  child.stdin?.on("error", () => undefined).end(input);
  return new Promise<Ended>((resolve) => {
    child.once("error", ({ message }) => {
      resolve({ code: NO_SUCH_PROGRAM, stdout: "", stderr: message });
    });
    child.once("close", (code, signal) => {
      resolve({ code: code ?? (signal === "SIGINT" ? INTERRUPTED : 1), ...texts });
    });
  }).finally(() => process.removeListener("SIGINT", wait));
}
