import { structuredPatch } from "diff";
import { html } from "htm/preact";
import stringify from "safe-stable-stringify";
import { isProperties } from "../../simulation/resource";
import { areShownWhole, shownValues } from "../sections";
import type { ValueChange } from "../value-changes";

/** Lines around a difference. */
const CONTEXT = 2;
/** With more, two texts are told as another: to look further takes time, and nobody would read it. */
const MOST_DIFFERENT_LINES = 1_000;

/**
 * The first of them as the text report has it, and behind it all of them line by line.
 * @param mostLines of a value
 */
export function changedValues(values: readonly ValueChange[], mostLines: number) {
  if (values.length === 0) return undefined;
  if (areShownWhole(values)) return html`<div class="lines">${shownValues(values)}</div>`;
  return html`<details>
    <summary class="lines">${shownValues(values)}</summary>
    ${values.map(
      (value) =>
        html`${values.length > 1 && html`<p class="path">${value.path}</p>`}
          <pre>${shownLines(differentLines(value), mostLines)}</pre>`,
    )}
  </details>`;
}

/** As a unified diff has them. */
function differentLines({ before, after }: ValueChange): readonly string[] {
  const [old, wanted] = [printed(before), printed(after)];
  // Such as a number that has become a text.
  if (old === wanted) return [`-${stringify(before)}`, `+${stringify(after)}`];
  const options = { context: CONTEXT, maxEditLength: MOST_DIFFERENT_LINES };
  const patch = structuredPatch("", "", old, wanted, "", "", options);
  if (!patch) return [...signed("-", old), ...signed("+", wanted)];
  return patch.hunks.flatMap(({ lines }, index) => (index === 0 ? lines : ["", ...lines]));
}

const signed = (sign: string, text: string): string[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => `${sign}${line}`);

/** A dashboard is JSON in a text. */
function printed(value: unknown): string {
  if (value === undefined) return "";
  const inside = typeof value === "string" ? parsed(value) : value;
  return `${typeof inside === "string" ? inside : stringify(inside, null, 2)}\n`;
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isProperties(value) ? value : text;
  } catch {
    return text;
  }
}

function shownLines(lines: readonly string[], most: number) {
  const more = lines.length - most;
  return html`${lines.slice(0, most).map((line) => html`${shownLine(line)}${"\n"}`)}
  ${more > 0 && html`<em>${more} more lines: npm run compare -- --json</em>`}`;
}

function shownLine(line: string) {
  if (line.startsWith("-")) return html`<del>${line}</del>`;
  return line.startsWith("+") ? html`<ins>${line}</ins>` : line;
}
