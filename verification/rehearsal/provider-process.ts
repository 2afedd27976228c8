import { readdirSync, readFileSync } from "node:fs";

const PROGRAM = "pulumi-resource-kubernetes";

/**
 * Kubernetes providers that an engine of this rehearsal has started: they outlive a CLI that is killed.
 * Found by their environment, which holds the folder; without /proc none is found.
 */
export function providersOf(folder: string): number[] {
  const pids = entriesOf("/proc").filter((name) => /^\d+$/.test(name));
  return pids
    .filter((pid) => textOf(`/proc/${pid}/cmdline`).includes(PROGRAM))
    .filter((pid) => textOf(`/proc/${pid}/environ`).includes(folder))
    .map(Number);
}

/** Kills them at once. */
export function endProviders(folder: string): void {
  for (const pid of providersOf(folder)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** A process may end while it is looked at. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
