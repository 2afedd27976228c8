import { Random } from "random";
import { OrdinaryDays } from "./ordinary";
import { sample, type Samples } from "./samples";
import { STEP_SECONDS } from "./step";

const SECONDS_OF_DAY = 86_400;

/** Samples of ordinary days, on which nobody should be paged. */
export function ordinarySamples(days: number, seed: number): Samples {
  const ordinary = new OrdinaryDays(days, new Random(`ordinary days ${seed}`));
  return sample(`ordinary ${seed}`, (days * SECONDS_OF_DAY) / STEP_SECONDS, (minute) =>
    ordinary.at(minute),
  );
}
