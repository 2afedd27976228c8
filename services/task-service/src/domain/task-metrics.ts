import { Counter, Gauge, type Registry } from "@prometheus-io/client";
import type { Logger } from "pino";

export interface TaskMetricsArgs {
  readonly registry: Registry;
  /** How many tasks that are not done had a `startAt` before the given Unix second. */
  readonly countOverdue: (before: number) => Promise<number>;
  readonly log: Logger;
}

/**
 * How long after a count the next one begins. Counting reads every task that is not done, and
 * DynamoDB charges half a read unit for each 4 KiB: 5,760 for 5,000 tasks of 9 kB, on every replica.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
const recountAfterMs = 300_000;

/** What the service does for its users, in numbers. */
export class TaskMetrics {
  private readonly created: Counter;
  private readonly done: Counter;
  private readonly overdue: Gauge;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly args: TaskMetricsArgs) {
    const registers = [args.registry];
    this.created = new Counter({
      name: "tasks_created_total",
      help: "Tasks created by this process",
      registers,
    });
    this.done = new Counter({
      name: "tasks_done_total",
      help: "Tasks that went from not done to done in this process",
      registers,
    });
    this.overdue = new Gauge({
      name: "tasks_overdue",
      help: "Tasks in the store, not done, whose start lies in the past; every replica counts the same store, so show max, not sum",
      registers,
      aggregator: "max",
    });
    // Until the first count it is unknown, and a 0 would claim otherwise.
    this.overdue.remove();
  }

  taskCreated(): void {
    this.created.inc();
  }

  taskDone(): void {
    this.done.inc();
  }

  /** Counts the overdue tasks now, and again some minutes after each count, until `stop`. */
  start(): void {
    void this.refresh();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async refresh(): Promise<void> {
    const { countOverdue, log } = this.args;
    try {
      this.overdue.set(await countOverdue(Math.floor(Date.now() / 1000)));
    } catch (error) {
      if (this.stopped) return;
      log.warn({ err: error }, "overdue tasks not counted: tasks_overdue keeps its last value");
    }
    if (this.stopped) return;
    // Counted from the end: however slow the store, no two counts of a replica overlap.
    this.timer = setTimeout(() => void this.refresh(), recountAfterMs);
    this.timer.unref();
  }
}
