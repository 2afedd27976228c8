import { html } from "htm/preact";

export interface SearchField {
  readonly id: string;
  readonly label: string;
  readonly placeholder: string;
  /** CSS selector of the items, whose text is searched. */
  readonly finds: string;
}

/** A field that find-in-page.js lets search. */
export const searchField = ({ id, label, placeholder, finds }: SearchField) =>
  html`<search>
    <label for=${id}>${label}</label>
    <input
      id=${id}
      type="search"
      autocomplete="off"
      placeholder=${placeholder}
      data-finds=${finds}
    />
    <output for=${id}></output>
  </search>`;
