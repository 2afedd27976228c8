import { createRequire } from "node:module";
import type * as croner from "croner";
import type { Rule } from "./rules";

/** Categories that Auto Mode has without accelerators in the generations that the pool takes (EKS User Guide, "EKS Auto Mode supported instance reference"). */
export const CATEGORIES = ["c", "m", "r", "i", "x"];
/** Of Karpenter. */
const REASONS = ["Underutilized", "Empty", "Drifted"];

export const category: Rule = {
  must: `one of ${CATEGORIES.join(", ")}: what EKS Auto Mode has from the fifth generation on, without accelerators`,
  test: (value) => CATEGORIES.includes(value),
  example: "m",
  meant: (value) => value.toLowerCase().slice(0, 1),
};
export const disruptedNodes: Rule = {
  must: "a number of nodes or a percentage of them, such as 10% or 0",
  test: (value) => /^((100|\d{1,2})%|\d+)$/.test(value),
  example: "10%",
  meant: (value) => (/^\d{3,}%$/.test(value) ? "100%" : undefined),
};
export const reason: Rule = {
  must: `one of ${REASONS.join(", ")}`,
  test: (value) => REASONS.includes(value),
  example: "Drifted",
  meant: (value) => REASONS.find((known) => known.toLowerCase() === value.toLowerCase()),
};
export const schedule: Rule = {
  must: 'five fields of cron, in UTC, such as "0 9 * * mon-fri", or @daily and the like, as Karpenter reads them',
  test: isSchedule,
  example: "0 9 * * mon-fri",
};
export const duration: Rule = {
  must: "hours and minutes such as 8h or 1h30m: Karpenter counts no seconds and no days",
  test: (value) => /^(\d+h)?(\d+m)?$/.test(value) && /[1-9]/.test(value),
  example: "8h",
  meant: (value) => (/^\d+d$/.test(value) ? `${24 * Number.parseInt(value, 10)}h` : undefined),
};

/**
 * As robfig/cron reads it, Karpenter's parser: without years, seconds, and letters such as L. The library is loaded
 * only where there is a schedule.
 */
function isSchedule(text: string): boolean {
  if (/^@(annually|yearly|monthly|weekly|daily|midnight|hourly)$/.test(text)) return true;
  const fields = text.split(" ");
  const isPlain = fields.every((field) => /^([\d*?,/-]|[a-z]{3}(?![a-z]))+$/i.test(field));
  // Sunday is 0 there, and not 7 as well.
  if (fields.length !== 5 || !isPlain || /(^|[,-])7/.test(fields[4] ?? "")) return false;
  const { CronPattern } = createRequire(__filename)("croner") as typeof croner;
  try {
    new CronPattern(text);
    return true;
  } catch {
    return false;
  }
}
