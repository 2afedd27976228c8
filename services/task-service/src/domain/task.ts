import { z } from "zod";

/** A task as clients see it, in the field order that its first web client was written for. */
export interface Task {
  readonly userName: string;
  /** Unix time in seconds. */
  readonly startAt: number;
  readonly taskId: string;
  readonly title: string;
  readonly contents: string;
  readonly notified: boolean;
  readonly done: boolean;
}

/** The largest time accepted, in Unix seconds: the end of the year 9999. */
const latestTime = 253_402_300_799;

const text = (least: number, most: number) => {
  const rule = `must be a string of ${least.toString()} to ${most.toString()} characters`;
  return z.string(rule).min(least, rule).max(most, rule);
};
const timeRule = `must be a whole number of Unix seconds from 0 to ${latestTime.toString()}`;
const time = z.int(timeRule).min(0, timeRule).max(latestTime, timeRule);
// Query parameters arrive as text; Number("") is 0, which nobody means by "start=".
const timeText = z.string(timeRule).regex(/^\d+$/, timeRule).transform(Number).pipe(time);
const flag = z.boolean("must be true or false");

const userName = text(1, 128);
const taskId = text(1, 64);

/** Fields that are not named here are dropped. */
export const newTaskSchema = z.object({
  userName,
  title: text(1, 256),
  startAt: time,
  contents: text(0, 10_000),
});
export type NewTask = z.infer<typeof newTaskSchema>;

export const taskSchema = newTaskSchema.extend({ taskId, notified: flag, done: flag });

export const taskIdSchema = z.object({ taskId });

export const listQuerySchema = z.object({
  userName,
  /** @default the start of today in the server's time zone */
  start: timeText.optional(),
  /** @default the end of 2099 in the server's time zone */
  end: timeText.optional(),
  nextToken: text(1, 512)
    .regex(/^[\w-]+$/, "must be the Next-Token header of an earlier answer")
    .optional(),
});

/** If-Match: `*`, or up to 20 ETags, of which those of tasks are numbers in quotes. */
export const ifMatchPattern = /^(\*|(W\/)?"[!#-~]*"( *, *(W\/)?"[!#-~]*"){0,19})$/;

/** Midnight of the given moment's day in the server's time zone, in Unix seconds. */
export function startOfDay(now: Date): number {
  return Math.floor(new Date(now).setHours(0, 0, 0, 0) / 1000);
}

/** The last second of 2099 in the server's time zone, in Unix seconds. */
export const endOf2099 = Math.floor(new Date(2099, 11, 31, 23, 59, 59).getTime() / 1000);
