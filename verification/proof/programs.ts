import { spawnSync } from "node:child_process";

/** The programs of the proof by the names that they have here. */
export interface Programs {
  readonly prometheus: string;
  readonly promtool: string;
  readonly alertmanager: string;
  readonly amtool: string;
}

/** Debian calls Alertmanager by another name. */
const NAMES: Readonly<Record<keyof Programs, readonly string[]>> = {
  prometheus: ["prometheus"],
  promtool: ["promtool"],
  alertmanager: ["alertmanager", "prometheus-alertmanager"],
  amtool: ["amtool"],
};

/** @throws Error with one sentence that names everything that is missing */
export function findPrograms(): Programs {
  const here = (program: keyof Programs): string | undefined =>
    NAMES[program].find((name) => spawnSync(name, ["--version"]).error === undefined);
  const prometheus = here("prometheus");
  const promtool = here("promtool");
  const alertmanager = here("alertmanager");
  const amtool = here("amtool");
  if (prometheus && promtool && alertmanager && amtool) {
    return { prometheus, promtool, alertmanager, amtool };
  }
  const found = { prometheus, promtool, alertmanager, amtool };
  const absent = Object.entries(found).flatMap(([program, name]) => (name ? [] : [program]));
  throw new Error(
    `${absent.join(", ")}: not on PATH, and the proof runs the real ones. On Debian and Ubuntu: ` +
      "apt-get install prometheus prometheus-alertmanager; elsewhere see https://prometheus.io/download.",
  );
}

/** @returns the first line that a program prints of its version, such as "prometheus, version 2.42.0" */
export function versionOf(program: string): string {
  const { stdout, stderr } = spawnSync(program, ["--version"], { encoding: "utf8" });
  const [line = ""] = (stdout + stderr).split("\n");
  return line.replace(/ \(.*/, "").replace(/\+.*/, "");
}

/**
 * Runs a program to its end.
 * @throws Error with its output where it fails
 */
export function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    ...options,
    encoding: "utf8",
  });
  if (status === 0) return stdout;
  const why = error?.message ?? `${stdout}${stderr}`;
  throw new Error(`${program} ${args.join(" ")} failed:\n${why}`);
}
