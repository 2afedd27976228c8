import type { ComponentChild } from "preact";

/** A part of the page. */
export interface Section {
  /** Of its heading, for links. */
  readonly id: string;
  readonly title: string;
  readonly body: ComponentChild;
}
