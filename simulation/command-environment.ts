/** A command of package.json, and those of its options that npm takes for its own where `--` is missing. */
export interface NpmCommand {
  /** Name in package.json. */
  readonly script: string;
  /** How it is typed, up to its options. */
  readonly typed: string;
  readonly flags: readonly string[];
  /** Options with a value. */
  readonly options: readonly string[];
}

/** @returns undefined, or one sentence of what was written before the `--` and how to write it behind */
export function keptByNpm(
  command: NpmCommand,
  env: Readonly<Record<string, string | undefined>>,
  argv: readonly string[],
): string | undefined {
  const kept = optionsThatNpmKept(command, env, argv).join(" ");
  if (kept === "") return undefined;
  return `npm keeps options before "--" for itself; got ${kept}. Fix: ${command.typed} -- ${kept}`;
}

/** npm passes nothing of it on and only says so in the environment. */
function optionsThatNpmKept(
  { script, flags, options }: NpmCommand,
  env: Readonly<Record<string, string | undefined>>,
  argv: readonly string[],
): string[] {
  if (env.npm_lifecycle_event !== script) return [];
  // A value that npm did not take for the option's comes as an argument.
  const values = argv.slice(2).filter((each) => !each.startsWith("-"));
  return [...flags, ...options].flatMap((option) => {
    const value = env[`npm_config_${option.replaceAll("-", "_")}`];
    const isGiven = argv.some((each) => each === `--${option}` || each.startsWith(`--${option}=`));
    if (value === undefined || value === "" || isGiven) return [];
    if (flags.includes(option)) return [`--${option}`];
    const known = value === "true" ? values.shift() : value;
    return [`--${option} ${known ?? "<value>"}`];
  });
}

/**
 * Whether to print in colour: on a terminal. `FORCE_COLOR` decides otherwise, on with any value but
 * `0` and `false` (https://force-color.org, as Node.js reads it); then `NO_COLOR` switches it off
 * with any value (https://no-color.org), and so does `TERM=dumb`.
 */
export function useColor(
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean | undefined,
): boolean {
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  if (env.NO_COLOR || env.TERM === "dumb") return false;
  return isTerminal === true;
}
