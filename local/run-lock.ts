import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Holds a folder for one run at a time. */
export class RunLock {
  private constructor(private readonly file: string) {}

  /** A run that was killed holds nothing. @throws Error where another run is at work */
  static take(folder: string): RunLock {
    const file = path.join(folder, "pid");
    const earlier = existsSync(file) ? Number(readFileSync(file, "utf8")) : undefined;
    if (earlier !== undefined && isRunning(earlier)) {
      throw new Error(
        `no other npm run local must be at work; got process ${earlier}. Fix: wait for it, or kill ${earlier}`,
      );
    }
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, String(process.pid));
    return new RunLock(file);
  }

  release(): void {
    rmSync(this.file, { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is one all the same.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
