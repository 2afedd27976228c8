import { readFileSync } from "node:fs";

/** Processes of an operation. */
interface Processes {
  readonly engine: number | undefined;
  readonly providers: readonly number[];
}

/** Most memory that each kind of process had, in MiB; 0 where the system does not tell. */
export interface MostMemory {
  program: number;
  engine: number;
  provider: number;
}

const MILLISECONDS = 250;

/** Looks at the peak resident memory of an operation's processes again and again: they end with it. */
export class Memory {
  private readonly found: MostMemory = { program: 0, engine: 0, provider: 0 };
  private readonly timer: NodeJS.Timeout;

  private constructor(processes: () => Processes) {
    this.timer = setInterval(() => {
      const { engine, providers } = processes();
      this.see("program", process.pid);
      if (engine !== undefined) this.see("engine", engine);
      for (const provider of providers) this.see("provider", provider);
    }, MILLISECONDS);
  }

  static watch(processes: () => Processes): Memory {
    return new Memory(processes);
  }

  most(): MostMemory {
    return { ...this.found };
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private see(kind: keyof MostMemory, pid: number): void {
    this.found[kind] = Math.max(this.found[kind], peakOf(pid));
  }
}

/** MiB; 0 where the process has ended. */
function peakOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
