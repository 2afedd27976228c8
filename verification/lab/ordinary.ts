import type { Random } from "random";
import { type Conditions, NOTHING_WRONG } from "./conditions";

const MINUTES_OF_DAY = 1440;

/** Something small that happens on an ordinary day: minutes after midnight, and how long. */
interface Blip {
  readonly start: number;
  readonly minutes: number;
  readonly conditions: Conditions;
}

/**
 * What happens on ordinary days, none of which is worth a page: traffic of day, night and weekend, a deploy
 * a day, a hiccup of a dependency, a backup at night, a peak, a restart of a pod.
 */
export class OrdinaryDays {
  private readonly days: readonly (readonly Blip[])[];

  constructor(days: number, random: Random) {
    this.days = Array.from({ length: days }, () => ordinaryBlips(random));
  }

  at(minute: number): Conditions {
    const day = Math.floor(minute / MINUTES_OF_DAY);
    const ofDay = minute % MINUTES_OF_DAY;
    const blips = (this.days[day] ?? []).filter(
      ({ start, minutes }) => ofDay >= start && ofDay < start + minutes,
    );
    const { traffic = 1, ...others } = blips.reduce<Conditions>(
      (all, { conditions }) => ({ ...all, ...conditions }),
      NOTHING_WRONG,
    );
    return { ...others, traffic: traffic * dayCurve(day, ofDay) };
  }
}

/** From 0.1 at 3 o'clock in the morning to 1.9 in the afternoon; half of it on two days of seven. */
function dayCurve(day: number, ofDay: number): number {
  const wave = 1 - 0.9 * Math.cos(((ofDay - 180) / MINUTES_OF_DAY) * 2 * Math.PI);
  return day % 7 >= 5 ? wave / 2 : wave;
}

function ordinaryBlips(random: Random): Blip[] {
  const sometime = () => random.int(0, MINUTES_OF_DAY - 60);
  const deploy = { start: sometime(), minutes: 3, conditions: { failing: 0.003, slow: 0.03 } };
  const backup = { start: 120, minutes: 15, conditions: { slow: 0.03 } };
  const peak = { start: sometime(), minutes: 20, conditions: { traffic: 3 } };
  const hiccup = {
    start: sometime(),
    minutes: random.int(1, 3),
    conditions: { failing: random.float(0.005, 0.03) },
  };
  const restart = {
    start: sometime(),
    minutes: 1,
    conditions: { failing: 0.01, onlyPod: 1, unscraped: [1] },
  };
  return [
    deploy,
    backup,
    ...(random.float() < 0.5 ? [peak] : []),
    ...(random.float() < 0.4 ? [hiccup] : []),
    ...(random.float() < 0.3 ? [restart] : []),
  ];
}
