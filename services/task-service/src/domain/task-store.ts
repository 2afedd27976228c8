import type { NewTask, Task } from "./task.js";

/** A task with its version, which starts at 1 and grows by 1 with every change: its ETag. */
export interface StoredTask {
  readonly task: Task;
  readonly version: number;
}

export interface TaskPage {
  readonly tasks: readonly Task[];
  /** Where the next page starts; absent on the last one. */
  readonly next?: TaskCursor;
}

/** The place of a task in a user's list, which is in the order of `startAt`. */
export interface TaskCursor {
  readonly startAt: number;
  readonly taskId: string;
}

export interface TaskListing {
  readonly userName: string;
  /** First and last `startAt` of the listing, both included, Unix seconds. */
  readonly start: number;
  readonly end: number;
  readonly limit: number;
  readonly after?: TaskCursor;
}

export type PutResult =
  | { readonly outcome: "replaced"; readonly version: number; readonly wasDone: boolean }
  | { readonly outcome: "unknown" }
  | { readonly outcome: "other-user" }
  | { readonly outcome: "other-version"; readonly version: number };

/**
 * Where tasks live. Every method rejects with `StoreUnavailableError` when the store does not
 * answer.
 */
export interface TaskStore {
  /** @throws StoreFullError when a bounded store has no room */
  create(task: NewTask): Promise<StoredTask>;
  /**
   * Replaces a task of the same user, in one step: nothing is written unless the task exists, is
   * that user's and, when a version is given, has it.
   */
  put(task: Task, ifVersion?: number): Promise<PutResult>;
  get(taskId: string): Promise<StoredTask | undefined>;
  /** Whether there was such a task. */
  delete(taskId: string): Promise<boolean>;
  list(listing: TaskListing): Promise<TaskPage>;
  /** How many tasks that are not done had a `startAt` before the given Unix second. */
  countOverdue(before: number): Promise<number>;
  /** Resolves when the store answers; cheap enough for every few seconds. */
  ping(): Promise<void>;
  close(): void;
}

export class StoreFullError extends Error {
  override readonly name = "StoreFullError";
}

export class StoreUnavailableError extends Error {
  override readonly name = "StoreUnavailableError";
}
