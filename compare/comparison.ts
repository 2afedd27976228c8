import { cents } from "../simulation/cloud/prices";
import { type ChartObjects, chartObjects } from "./chart-objects";
import { type Dangers, dangers } from "./dangers";
import { modelsDiffer } from "./model";
import { type ResourceChange, resourceChanges } from "./resource-changes";
import { type SettingChange, settingChanges } from "./setting-changes";
import { type FailedSide, isRan, type RanSide } from "./side";
import { type WatchedChange, watchedChanges } from "./watched-changes";

/** What `npm run compare --silent -- --json` prints. */
export interface Comparison {
  readonly compare: 1;
  readonly before: Told;
  readonly after: Told;
  /** Absent where a side did not run. */
  readonly changes?: Changes;
}

/** A side by its own; only `error` where its program did not run. */
export interface Told {
  readonly label: string;
  readonly stack: string;
  readonly error?: string;
  readonly resources?: number;
  readonly upSeconds?: number;
  readonly destroySeconds?: number;
  readonly monthlyUsd?: number;
  /** Of what a destroy leaves. */
  readonly leftovers?: number;
}

export interface Changes extends Dangers {
  readonly resources: readonly ResourceChange[];
  /** Items of the monthly bill that differ; absent where a side's document has no bill by item. */
  readonly bill?: readonly BillChange[];
  readonly watched: readonly WatchedChange[];
  readonly chartObjects: ChartObjects;
  readonly settings: readonly SettingChange[];
  /** Whether the two simulated clouds differ, in whose times and prices a difference may be. */
  readonly modelsDiffer: boolean;
}

export interface BillChange {
  readonly item: string;
  readonly countBefore: number;
  readonly countAfter: number;
  readonly usdBefore: number;
  readonly usdAfter: number;
}

export async function compare(
  before: RanSide | FailedSide,
  after: RanSide | FailedSide,
  signal: AbortSignal,
): Promise<Comparison> {
  const sides = { compare: 1 as const, before: told(before), after: told(after) };
  if (!isRan(before) || !isRan(after)) return sides;
  return { ...sides, changes: await changesOf(before, after, signal) };
}

function told(side: RanSide | FailedSide): Told {
  const { label, stack } = side;
  if (!isRan(side)) return { label, stack, error: side.error };
  const { resources, up, destroy, monthlyUsd } = side.document;
  return {
    label,
    stack,
    resources: resources.filter(({ custom }) => custom).length,
    upSeconds: up.seconds,
    destroySeconds: destroy.seconds,
    monthlyUsd,
    leftovers: destroy.leftovers.length,
  };
}

async function changesOf(before: RanSide, after: RanSide, signal: AbortSignal): Promise<Changes> {
  const [old, wanted] = [before.document.resources, after.document.resources];
  const resources = resourceChanges(old, wanted);
  const bill = billChanges(before, after);
  return {
    ...dangers(old, wanted, resources),
    resources,
    ...(bill && { bill }),
    watched: watchedChanges(old, wanted),
    chartObjects: await chartObjects(old, wanted, signal),
    settings: settingChanges(before.settings, after.settings),
    modelsDiffer: modelsDiffer(before.folder, after.folder),
  };
}

/** What costs more comes first. */
function billChanges(before: RanSide, after: RanSide): BillChange[] | undefined {
  const [old, wanted] = [before.document.bill, after.document.bill];
  if (!old || !wanted) return undefined;
  const items = new Set([...old, ...wanted].map(({ item }) => item));
  const line = (bill: typeof old, item: string) =>
    bill.find((each) => each.item === item) ?? { count: 0, monthlyUsd: 0 };
  return [...items]
    .map((item): BillChange => {
      const [first, second] = [line(old, item), line(wanted, item)];
      return {
        item,
        countBefore: first.count,
        countAfter: second.count,
        usdBefore: first.monthlyUsd,
        usdAfter: second.monthlyUsd,
      };
    })
    .filter((each) => each.countBefore !== each.countAfter || more(each) !== 0)
    .sort((a, b) => more(b) - more(a) || (a.item < b.item ? -1 : 1));
}

const more = ({ usdBefore, usdAfter }: BillChange): number => cents(usdAfter - usdBefore);
