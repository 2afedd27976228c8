import type { Incident } from "./incidents";
import { NOTHING_WRONG } from "./conditions";
import { sample, type Samples } from "./samples";
import { STEP_SECONDS } from "./step";

/** Of ordinary traffic, in which rules are asked already. */
const ASKED_BEFORE = 360;
const DEFAULT_AFTER = 90;

/** An incident with a seed: its samples, and when it begins and ends in them. */
export interface Play {
  readonly incident: Incident;
  readonly seed: number;
  readonly samples: Samples;
  /** Minutes after the first sample. */
  readonly begins: number;
  readonly ends: number;
}

/** @param seed from 1 on */
export function play(incident: Incident, seed: number): Play {
  const { name, before = ASKED_BEFORE, minutes, after = DEFAULT_AFTER, at } = incident;
  const ends = before + minutes;
  const stepsOf = (minutes: number) => (minutes * 60) / STEP_SECONDS;
  const drawn = sample(`${name} ${seed}`, stepsOf(ends + after), (minute) =>
    minute >= before && minute < ends ? at(minute - before) : NOTHING_WRONG,
  );
  const samples = { ...drawn, start: stepsOf(Math.max(0, before - ASKED_BEFORE)) };
  return { incident, seed, samples, begins: before, ends };
}
