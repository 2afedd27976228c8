import { clock } from "../simulation/clock";
import type { Changes, Comparison, Told } from "./comparison";
import type { ResourceChange } from "./resource-changes";
import type { ValueChange } from "./value-changes";

/** A part of the report: sentences, or a table. */
export interface Section {
  readonly id:
    | "failed"
    | "refused"
    | "data"
    | "resources"
    | "totals"
    | "watched"
    | "chart-objects"
    | "settings"
    | "limits";
  readonly title: string;
  readonly sentences?: readonly string[];
  readonly head?: readonly string[];
  readonly rows?: readonly (readonly string[])[];
  /** Columns that are aligned to the right. */
  readonly right?: readonly number[];
  /** Whether it tells of what cannot be taken back. */
  readonly isDanger?: true;
}

export const TITLE = "What pulumi up would change, by simulation";

/** Which stack, from what to what, and whether that is nothing. */
export function subject({ before, after, changes }: Comparison): string {
  const nothing = changes && !isChange(changes) ? ": nothing changes" : "";
  return `${after.stack}, ${before.label} to ${after.label}${nothing}`;
}

/** A line of a report has room for no more. */
const MOST_INPUTS = 3;
const MOST_NAMES = 4;
const LONGEST_VALUE = 40;

/** The dangerous first; a part in which nothing changes is left out. */
export function sections({ before, after, changes }: Comparison): Section[] {
  if (!changes) return [sidesWithError([before, after])];
  const all: readonly Section[] = [
    danger("refused", "Refused: preview and up stop here", changes.refused),
    danger("data", "Data and addresses", changes.data),
    resourceSection(changes),
    totals(before, after, changes),
    watchedSection(changes),
    chartSection(changes),
    settingSection(changes),
    { id: "limits", title: "Not in this report", sentences: limits(changes) },
  ];
  return all.filter(({ sentences = [], rows = [] }) => sentences.length + rows.length > 0);
}

/** Whether anything at all is different. */
const isChange = ({ refused, data, resources, bill, watched, settings, chartObjects }: Changes) =>
  [refused, data, resources, bill ?? [], watched, settings].some(({ length }) => length > 0) ||
  ("changes" in chartObjects && chartObjects.changes.length > 0);

const sidesWithError = (sides: readonly Told[]): Section => ({
  id: "failed",
  title: "Nothing to compare: a program did not run",
  sentences: sides.map((side) =>
    side.error === undefined
      ? `${side.label} runs: ${side.resources ?? 0} resources, up in ${clock(side.upSeconds ?? 0)}, ` +
        `destroy in ${clock(side.destroySeconds ?? 0)}, ${(side.monthlyUsd ?? 0).toFixed(2)} USD a month.`
      : `${side.label} does not run: ${side.error}`,
  ),
});

const danger = (id: "refused" | "data", title: string, sentences: readonly string[]): Section => ({
  id,
  title,
  sentences,
  isDanger: true,
});

function resourceSection({ resources }: Changes): Section {
  const single = resources.filter(({ change }) => change === "replaced" || change === "changed");
  return {
    id: "resources",
    title: `Resources: ${resourceCounts(resources)}`,
    head: ["change", "resource", "because"],
    rows: [
      ...single.filter(({ change }) => change === "replaced").map(resourceRow),
      ...byKind(resources, "removed"),
      ...single.filter(({ change }) => change === "changed").map(resourceRow),
      ...byKind(resources, "added"),
    ],
  };
}

export function resourceCounts(resources: readonly ResourceChange[]): string {
  const count = (wanted: ResourceChange["change"]) =>
    resources.filter(({ change }) => change === wanted).length;
  return `${count("replaced")} replaced, ${count("removed")} removed, ${count("changed")} changed in place, ${count("added")} added`;
}

const resourceRow = (change: ResourceChange) => [
  change.change,
  change.resource,
  [...whyReplaced(change), shownValues(change.inputs)].filter((each) => each !== "").join("\n"),
];

/** None, or one sentence's end. */
export function whyReplaced({ because, deleteBeforeReplace }: ResourceChange): string[] {
  const order = deleteBeforeReplace ? "the old one goes first" : "the new one is made first";
  return because === undefined ? [] : [`${because}; ${order}`];
}

/** Those of a kind in one row: a network of three zones has dozens. */
function byKind(resources: readonly ResourceChange[], wanted: "removed" | "added"): string[][] {
  const kinds = new Map<string, string[]>();
  for (const { change, resource } of resources) {
    if (change !== wanted) continue;
    const [kind = "", ...name] = resource.split(" ");
    kinds.set(kind, [...(kinds.get(kind) ?? []), name.join(" ")]);
  }
  return [...kinds].map(([kind, names]) => [
    wanted,
    names.length === 1 ? `${kind} ${names.join("")}` : `${names.length} ${kind}`,
    names.length === 1 ? "" : shortList(names, MOST_NAMES, ", "),
  ]);
}

function totals(before: Told, after: Told, { bill }: Changes): Section {
  const usd = (value = 0) => value.toFixed(2);
  const line = (what: string, old = 0, wanted = 0, shown: (value?: number) => string = String) =>
    old === wanted
      ? [what, shown(old), shown(wanted), ""]
      : [what, shown(old), shown(wanted), signed(wanted - old, shown)];
  const rows = [
    line("up, minutes", before.upSeconds, after.upSeconds, (value = 0) => clock(value)),
    line("destroy, minutes", before.destroySeconds, after.destroySeconds, (value = 0) =>
      clock(value),
    ),
    line("left over after destroy", before.leftovers, after.leftovers),
    line("USD a month", before.monthlyUsd, after.monthlyUsd, usd),
    ...(bill ?? []).map(({ item, countBefore, countAfter, usdBefore, usdAfter }) => {
      const counts = countBefore === countAfter ? "" : `, ${countBefore} to ${countAfter}`;
      return line(`  ${item}${counts}`, usdBefore, usdAfter, usd);
    }),
  ];
  return {
    id: "totals",
    title: "Time and money",
    head: ["", "before", "after", "difference"],
    rows,
    right: [1, 2, 3],
  };
}

const signed = (difference: number, shown: (value?: number) => string): string =>
  difference < 0 ? `-${shown(-difference)}` : `+${shown(difference)}`;

const watchedSection = ({ watched }: Changes): Section => ({
  id: "watched",
  title: "Alerts, rules, panels and series",
  head: ["change", "what", "name", "from and to"],
  rows: watched.map(({ change, what, name, values }) => [change, what, name, shownValues(values)]),
});

const chartSection = ({ chartObjects }: Changes): Section => ({
  id: "chart-objects",
  title: "Objects of the chart",
  head: ["change", "kind", "name"],
  rows:
    "changes" in chartObjects
      ? chartObjects.changes.map(({ change, kind, name }) => [change, kind, name])
      : [],
});

const settingSection = ({ settings }: Changes): Section => ({
  id: "settings",
  title: "Configuration",
  head: ["key", "what", "before", "after"],
  rows: settings.map(({ key, what, before, after }) => [key, what, short(before), short(after)]),
});

const limits = ({ chartObjects, modelsDiffer, bill }: Changes): string[] => [
  ...(modelsDiffer
    ? [
        "The two sides have different simulated clouds (simulation/cloud): each side's times and prices are by its own, " +
          "so a difference may be the model's alone.",
      ]
    : []),
  ...(bill ? [] : ["The bill by item: a side is from before npm start had it."]),
  ...("notCompared" in chartObjects ? [chartObjects.notCompared] : []),
  "What secrets hold.",
];

/** The first of them, each on a line. */
export function shownValues(values: readonly ValueChange[]): string {
  return shortList(values.map(shownValue), MOST_INPUTS, "\n");
}

/** Whether nothing is left to say of them. */
export const areShownWhole = (values: readonly ValueChange[]): boolean =>
  values.length <= MOST_INPUTS &&
  values.every(({ before, after }) => textOf(before) !== undefined && textOf(after) !== undefined);

/** Values only where they are short: an expression or a whole object is in the JSON. */
function shownValue({ path, before, after }: ValueChange): string {
  const [old, wanted] = [textOf(before), textOf(after)];
  const values = old === undefined || wanted === undefined ? "" : `${old} to ${wanted}`;
  return [path, values].filter((each) => each !== "").join(" ");
}

const textOf = (value: unknown): string | undefined => {
  if (value === undefined) return "none";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= LONGEST_VALUE && !text.includes("\n") ? text : undefined;
};

const short = (text: string): string =>
  text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE - 3)}...`;

const shortList = (items: readonly string[], most: number, between: string): string => {
  const more = items.length - most;
  return [...items.slice(0, most), ...(more > 0 ? [`${more} more`] : [])].join(between);
};
