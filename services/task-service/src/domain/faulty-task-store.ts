import { setTimeout as delay } from "node:timers/promises";
import type { NewTask, Task } from "./task.js";
import { StoreUnavailableError, type TaskListing, type TaskStore } from "./task-store.js";

export interface Faults {
  /** The share of calls that fail, 0 to 1. */
  readonly rate: number;
  /** Each call waits a random time up to this, in milliseconds. */
  readonly delayMs: number;
}

/**
 * A store that fails and dawdles on purpose, so that error and latency panels and alerts can be
 * seen to work. `ping` and the overdue count are left alone: the pod stays ready.
 */
export class FaultyTaskStore implements TaskStore {
  constructor(
    private readonly store: TaskStore,
    private readonly faults: Faults,
    private readonly random: () => number = Math.random,
  ) {}

  create(task: NewTask) {
    return this.disturbed(() => this.store.create(task));
  }

  put(task: Task, ifVersions?: readonly number[]) {
    return this.disturbed(() => this.store.put(task, ifVersions));
  }

  get(taskId: string) {
    return this.disturbed(() => this.store.get(taskId));
  }

  delete(taskId: string, ifVersions?: readonly number[]) {
    return this.disturbed(() => this.store.delete(taskId, ifVersions));
  }

  list(listing: TaskListing) {
    return this.disturbed(() => this.store.list(listing));
  }

  countOverdue(before: number) {
    return this.store.countOverdue(before);
  }

  ping() {
    return this.store.ping();
  }

  close() {
    this.store.close();
  }

  private async disturbed<T>(call: () => Promise<T>): Promise<T> {
    const { rate, delayMs } = this.faults;
    if (delayMs > 0) await delay(this.random() * delayMs);
    if (this.random() < rate) throw new StoreUnavailableError("a fault set by FAULT_RATE");
    return call();
  }
}
