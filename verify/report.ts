import { createColors } from "picocolors";
import { plainTable, shownTable } from "../simulation/plain-table";
import type { Result } from "./checks";

/** For people: a table, and beneath it what is wrong. @param color whether to use ANSI colours */
export function report(results: readonly Result[], color: boolean): string {
  const c = createColors(color);
  const shown = { yes: c.green("yes"), no: c.red("no"), "not tried": c.dim("not tried") };
  const table = plainTable(["check", "result", "found"], c);
  for (const { check, result, detail } of results) {
    // What is wrong is a sentence, too long for a column.
    table.push([check, shown[result], result === "yes" ? detail : ""]);
  }
  const wrong = results.filter(({ result }) => result === "no").map(({ detail }) => detail);
  return [shownTable(table), ...wrong].join("\n\n");
}
