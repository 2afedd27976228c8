import { html } from "htm/preact";
import type { ComponentChild } from "preact";

type Row = readonly ComponentChild[];

export interface Table {
  /** For what refers to its rows. @default none */
  readonly id?: string;
  readonly head: readonly string[];
  readonly rows: readonly Row[];
  /** A last row, such as the sum. @default none */
  readonly foot?: Row;
  /** Columns of numbers. @default none */
  readonly numbers?: readonly number[];
  /** The column that names its row. @default the first */
  readonly named?: number;
}

export function table({ id, head, rows, foot, numbers = [], named = 0 }: Table) {
  const classOf = (column: number) => (numbers.includes(column) ? "number" : undefined);
  const cell = (content: ComponentChild, column: number) =>
    column === named
      ? html`<th scope="row" class=${classOf(column)}>${content}</th>`
      : html`<td class=${classOf(column)}>${content}</td>`;
  return html`<table id=${id}>
    <thead>
      <tr>
        ${head.map((title, column) =>
          title === ""
            ? html`<td></td>`
            : html`<th scope="col" class=${classOf(column)}>${title}</th>`,
        )}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            ${row.map(cell)}
          </tr>`,
      )}
    </tbody>
    ${
      foot &&
      html`<tfoot>
        <tr>
          ${foot.map(cell)}
        </tr>
      </tfoot>`
    }
  </table>`;
}
