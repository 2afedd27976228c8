import type { Ended, Shell, ShellOptions } from "../../local/shell";

/** A command that was run, with what stood in its input. */
export interface Ran {
  readonly command: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What programs answer, by the beginning of a command; the longest that fits counts. */
export type Answers = Readonly<Record<string, string | Partial<Ended>>>;

/** Stands for programs that are not here: answers as it is told to, and records what is run. */
export class RecordingShell implements Shell {
  readonly ran: Ran[] = [];

  constructor(
    private readonly answers: Answers,
    /** Beginning of a command that fails. @default none does */
    private readonly failing?: string,
  ) {}

  readonly read = (command: readonly string[]): Promise<Ended> => {
    const text = command.join(" ");
    const [best] = Object.keys(this.answers)
      .filter((start) => text.startsWith(start))
      .sort((a, b) => b.length - a.length);
    const answer = best === undefined ? { code: 1 } : this.answers[best];
    const ended = typeof answer === "string" ? { stdout: answer } : answer;
    return Promise.resolve({ code: 0, stdout: "", stderr: "", ...ended });
  };

  readonly run = (command: readonly string[], { input, env }: ShellOptions = {}): Promise<void> => {
    const text = command.join(" ");
    this.ran.push({
      command: text,
      ...(input !== undefined && { input }),
      ...(env !== undefined && { env }),
    });
    if (this.failing === undefined || !text.startsWith(this.failing)) return Promise.resolve();
    return Promise.reject(new Error(`${text} must end with 0; got 1.`));
  };

  get commands(): string[] {
    return this.ran.map(({ command }) => command);
  }
}
