import Table from "cli-table3";
import type { createColors } from "picocolors";

export type Colors = ReturnType<typeof createColors>;

/**
 * A table without lines: columns with two spaces between them, right for log files too.
 * @param right columns that are aligned to the right
 */
export function plainTable(
  head: readonly string[],
  c: Colors,
  right: readonly number[] = [],
): Table.Table {
  const lines = ["top", "bottom", "left", "right", "mid"].flatMap((side) => [
    [side, ""],
    [`${side}-mid`, ""],
  ]);
  const chars = Object.fromEntries([
    ...lines,
    ...["top-left", "top-right", "bottom-left", "bottom-right", "mid-mid"].map((key) => [key, ""]),
    ["middle", "  "],
  ]) as Record<string, string>;
  return new Table({
    head: head.map((title) => c.dim(title)),
    chars,
    colAligns: head.map((_, column) => (right.includes(column) ? "right" : "left")),
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
}

/** Its text, whose lines end with their last letter. */
export const shownTable = (table: Table.Table): string => table.toString().replace(/ +$/gm, "");
