import { findExecutable } from "../executable";

/** What plays the lab: absolute paths. */
export interface LabPrograms {
  readonly prometheus: string;
  readonly promtool: string;
  readonly alertmanager: string;
}

/** @returns the programs, or one sentence that names everything that is missing */
export function findLabPrograms(): LabPrograms | { readonly missing: string } {
  const prometheus = findExecutable("prometheus");
  const promtool = findExecutable("promtool");
  // Debian calls it by another name.
  const alertmanager = findExecutable("alertmanager") ?? findExecutable("prometheus-alertmanager");
  if (prometheus && promtool && alertmanager) return { prometheus, promtool, alertmanager };
  const absent = Object.entries({ prometheus, promtool, alertmanager }).flatMap(([name, file]) =>
    file === undefined ? [name] : [],
  );
  return {
    missing:
      `${absent.join(", ")}: not on PATH, and the lab runs the real ones. On Debian and Ubuntu: ` +
      "apt-get install prometheus prometheus-alertmanager; elsewhere see https://prometheus.io/download.",
  };
}
