import type { Conditions } from "./conditions";

/** As prod scrapes, and evaluates its rules. */
export const STEP_SECONDS = 30;

/** A series with a value for each step; undefined where nothing was scraped. */
export interface Series {
  /** As PromQL writes it, such as `up{job="a"}`. */
  readonly name: string;
  readonly values: readonly (number | undefined)[];
}

/** Requests of a step that one pod answered. */
export interface Requests {
  readonly fine: number;
  readonly slow: number;
  readonly failed: number;
}

/** One moment of the service: its conditions, and the requests by pod. */
export interface Step {
  readonly conditions: Conditions;
  readonly requests: readonly Requests[];
}
