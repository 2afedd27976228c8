import { Problem } from "../skeleton/problem.js";
import type { NewTask, Task } from "./task.js";

/** A task with its version, which starts at 1 and grows with every change: its ETag. */
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

interface OtherVersion {
  readonly outcome: "other-version";
  readonly version: number;
}

export type PutResult =
  | { readonly outcome: "replaced"; readonly version: number; readonly wasDone: boolean }
  | { readonly outcome: "unknown" }
  | { readonly outcome: "other-user" }
  | OtherVersion;

export type DeleteResult = { readonly outcome: "deleted" | "unknown" } | OtherVersion;

/**
 * Where tasks live. Every method settles in bounded time, and rejects with `StoreUnavailableError`
 * when the store does not answer.
 */
export interface TaskStore {
  /** @throws StoreFullError when a bounded store has no room */
  create(task: NewTask): Promise<StoredTask>;
  /**
   * Replaces a task of the same user, in one step: nothing is written unless the task exists, is
   * that user's and, when versions are given, has one of them.
   *
   * @throws StoreFullError when a bounded store has no room
   */
  put(task: Task, ifVersions?: readonly number[]): Promise<PutResult>;
  get(taskId: string): Promise<StoredTask | undefined>;
  /** Deletes a task in one step; when versions are given, only if it has one of them. */
  delete(taskId: string, ifVersions?: readonly number[]): Promise<DeleteResult>;
  list(listing: TaskListing): Promise<TaskPage>;
  /** How many tasks that are not done had a `startAt` before the given Unix second. */
  countOverdue(before: number): Promise<number>;
  /** Resolves when the store answers; cheap enough for every second. */
  ping(): Promise<void>;
  close(): void;
}

/** 507: the client is told what can be done about it. */
export class StoreFullError extends Problem {
  override readonly name = "StoreFullError";

  constructor(detail: string) {
    super(507, detail);
  }
}

/** 503: the reason, which may name hosts, is for the log alone. */
export class StoreUnavailableError extends Problem {
  override readonly name = "StoreUnavailableError";

  constructor(
    override readonly message: string,
    options: ErrorOptions = {},
  ) {
    super(503, "The task store does not answer; try again later.", options);
  }
}
