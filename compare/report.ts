import { markdownTable } from "markdown-table";
import { createColors } from "picocolors";
import { plainTable, shownTable } from "../simulation/plain-table";
import type { Comparison } from "./comparison";
import { type Section, sections, subject, TITLE } from "./sections";

/** A few screens at most: what is beyond it is only in the JSON and on the page. */
const MOST_ROWS = 25;

/** For a terminal. @param color whether to use ANSI colours */
export function textReport(comparison: Comparison, color: boolean): string {
  const c = createColors(color);
  const shown = ({ title, sentences = [], head, rows = [], right, isDanger }: Section): string => {
    const heading = isDanger ? c.red(title) : c.cyan(title);
    if (!head) return [heading, ...sentences.map((each) => `  ${each}`)].join("\n");
    const table = plainTable(head, c, right);
    for (const row of firstOf(head, rows)) table.push([...row]);
    return `${heading}\n${shownTable(table)}`;
  };
  return [c.bold(titleOf(comparison)), ...sections(comparison).map(shown)].join("\n\n");
}

/** For a pull request. What it quotes is escaped: a value cannot become markup. */
export function markdownReport(comparison: Comparison): string {
  const shown = ({ title, sentences = [], head, rows = [], right = [] }: Section): string => {
    const body = head
      ? markdownTable(
          [head, ...firstOf(head, rows)].map((row) =>
            row.map((cell) => escaped(cell.replaceAll("\n", "; "))),
          ),
          {
            align: head.map((_, column) => (right.includes(column) ? "r" : "l")),
          },
        )
      : sentences.map((each) => `- ${escaped(each)}`).join("\n");
    return `### ${escaped(title)}\n\n${body}`;
  };
  return [`## ${escaped(titleOf(comparison))}`, ...sections(comparison).map(shown)].join("\n\n");
}

const titleOf = (comparison: Comparison): string => `${TITLE}: stack ${subject(comparison)}`;

type Rows = NonNullable<Section["rows"]>;

function firstOf(head: readonly string[], rows: Rows): Rows {
  const more = rows.length - MOST_ROWS;
  if (more <= 0) return rows;
  return [...rows.slice(0, MOST_ROWS), [`${more} more`, ...head.slice(1).map(() => "")]];
}

const escaped = (text: string): string =>
  text
    .replace(/[\\`*_{}[\]<>#|~@]/g, (character) =>
      character === "@" ? "@\u200b" : character === "<" ? "&lt;" : `\\${character}`,
    )
    .replaceAll(/\s*\n\s*/g, " ");
