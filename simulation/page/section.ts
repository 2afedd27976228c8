import type { ComponentChild } from "preact";

/** A part of a page. */
export interface Section {
  /** Of its heading, for links. */
  readonly id: string;
  readonly title: string;
  readonly body: ComponentChild;
  /** Styles that only it needs. */
  readonly css?: string;
  /** A script that only it needs; runs once the whole page is there. */
  readonly script?: string;
}
