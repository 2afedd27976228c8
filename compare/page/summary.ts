import type { Changes, Comparison } from "../comparison";
import { resourceCounts, type Section } from "../sections";

type Summary = readonly (readonly [name: string, text: string])[];

/** What the page begins with. @param parts of the comparison's report */
export function summary(
  { before, after, changes }: Comparison,
  parts: readonly Section[],
): Summary {
  if (!changes) {
    const says = ({ label, error }: typeof before) =>
      `${label} ${error === undefined ? "runs" : "does not run"}`;
    return [
      ["before", says(before)],
      ["after", says(after)],
    ];
  }
  const totals = parts.find(({ id }) => id === "totals")?.rows ?? [];
  return [
    ["dangers", dangers(changes)],
    ["resources", resourceCounts(changes.resources)],
    // Items of the bill follow.
    ...totals
      .slice(0, 4)
      .map(
        ([what = "", old = "", wanted = "", difference = ""]) =>
          [
            what,
            difference === "" ? `${wanted}, as before` : `${old} to ${wanted} (${difference})`,
          ] as const,
      ),
  ];
}

function dangers({ refused, data }: Changes): string {
  const told = [
    ...(refused.length > 0 ? [`${refused.length} refused by preview and up`] : []),
    ...(data.length > 0 ? [`${data.length} about data and addresses`] : []),
  ];
  return told.length === 0 ? "none that this simulation knows" : `⚠ ${told.join(", ")}`;
}
