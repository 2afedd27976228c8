import { spawnSync } from "node:child_process";
import { findOperator, type OperatorProgram } from "../cluster/operator";
import { findExecutable } from "../executable";

/** The programs that run the stack beside a cluster: absolute paths. */
export interface Programs {
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly helm: string;
  readonly operator: OperatorProgram;
}

/** Debian calls Alertmanager by another name. */
const NAMES = {
  prometheus: ["prometheus"],
  alertmanager: ["alertmanager", "prometheus-alertmanager"],
  helm: ["helm"],
} as const;
/** The oldest that take what the operator writes; Debian 12 has 2.42, without Kubernetes' discovery. */
const PROMETHEUS = [3, 0];
/** The first whose webhooks read their address from a file; Debian 12 has 0.25. */
const ALERTMANAGER = [0, 26];
/** What plays the rules' cases. */
const OF_CASES = { promtool: ["promtool"], amtool: ["amtool"], alertmanager: NAMES.alertmanager };

/** @returns the programs, or one sentence that names everything that is missing */
export function findPrograms(): Programs | { readonly missing: string } {
  const prometheus = find(NAMES.prometheus);
  const alertmanager = find(NAMES.alertmanager);
  const helm = find(NAMES.helm);
  const operator = findOperator();
  if (prometheus && alertmanager && helm && !("missing" in operator)) {
    const old = [tooOld(prometheus, PROMETHEUS), tooOld(alertmanager, ALERTMANAGER)].flat();
    if (old.length > 0) return { missing: old.join("; ") };
    return { prometheus, alertmanager, helm, operator };
  }
  const absent = absentIn({ prometheus, alertmanager, helm });
  return {
    missing: [
      ...(absent.length > 0
        ? [`${absent.join(", ")}: not on PATH (https://prometheus.io/download, https://helm.sh)`]
        : []),
      ...("missing" in operator ? [operator.missing] : []),
    ].join("; "),
  };
}

/** @returns one sentence that names what the rules' cases lack; undefined where nothing is missing */
export function missingForCases(): string | undefined {
  const found = Object.entries(OF_CASES).map(([name, names]) => [name, find(names)] as const);
  const absent = absentIn(Object.fromEntries(found));
  if (absent.length === 0) return undefined;
  return (
    `${absent.join(", ")}: not on PATH, and the proof runs the real ones. On Debian and Ubuntu: ` +
    "apt-get install prometheus prometheus-alertmanager; elsewhere see https://prometheus.io/download."
  );
}

function tooOld(file: string, [major = 0, minor = 0]: readonly number[]): string[] {
  const version = versionOf(file);
  const [hasMajor = 0, hasMinor = 0] = version.split(".").map(Number);
  if (hasMajor > major || (hasMajor === major && hasMinor >= minor)) return [];
  return [`${file} must be ${major}.${minor} or newer; got ${version}`];
}

const find = (names: readonly string[]): string | undefined =>
  names.flatMap((name) => findExecutable(name) ?? []).at(0);

const absentIn = (found: Readonly<Record<string, string | undefined>>): string[] =>
  Object.entries(found).flatMap(([name, file]) => (file === undefined ? [name] : []));

/** Such as "3.16.0". */
export function versionOf(program: string): string {
  const { stdout, stderr } = spawnSync(program, ["--version"], { encoding: "utf8" });
  return /version (\d+\.\d+\.\d+)/.exec(stdout + stderr)?.[1] ?? "unknown";
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
