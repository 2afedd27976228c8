/** What the CLI has done with one resource. */
export interface DoneResource {
  /** Type and name, such as `kubernetes:helm.sh/v3:Release monitoring`. */
  readonly resource: string;
  readonly seconds: number;
}

/**
 * The resources of `pulumi up` or `destroy` by what was done to them, such as `{ created: 20 }`; from the
 * last summary that it printed, as that of the preview comes first.
 */
export function changesIn(printed: string): Readonly<Record<string, number>> {
  const summary =
    printed
      .split(/^Resources:$/m)
      .slice(1)
      .at(-1) ?? "";
  const lines = (summary.split(/\n\s*\n/, 1)[0] ?? "").matchAll(/^\s+\D*(\d+) (\S.*)$/gm);
  return Object.fromEntries([...lines].map(([, count, what = ""]) => [what, Number(count)]));
}

/** What was created, the slowest first; times are counted while others are created too. */
export function slowestIn(printed: string): DoneResource[] {
  const lines = printed.matchAll(/^ [+\S]+\s+(\S+:\S+ \S+) created \((\S+)\)/gm);
  return [...lines]
    .map(([, resource = "", duration = ""]) => ({ resource, seconds: secondsOf(duration) }))
    .filter(({ resource }) => !resource.startsWith("pulumi:pulumi:Stack "))
    .sort((a, b) => b.seconds - a.seconds);
}

/** Of the update itself, as the CLI says at its end: without its own start. */
export function durationIn(printed: string): number | undefined {
  const [, duration] = /^Duration: (\S+)$/m.exec(printed) ?? [];
  return duration === undefined ? undefined : secondsOf(duration);
}

/** Go's way to write a duration: 0.48s, 16s, 1m2s. */
function secondsOf(duration: string): number {
  const [, minutes = "0", seconds = "0"] = /^(?:(\d+)m)?([\d.]+)s$/.exec(duration) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}
