import { randomUUID } from "node:crypto";
import type { NewTask, Task } from "./task.js";
import {
  type DeleteResult,
  type PutResult,
  type StoredTask,
  StoreFullError,
  type TaskCursor,
  type TaskListing,
  type TaskPage,
  type TaskStore,
} from "./task-store.js";

export interface MemoryTaskStoreArgs {
  readonly maxTasks: number;
  /** How much memory its tasks may take, in bytes, by the estimate of `bytesOf`. */
  readonly maxBytes: number;
}

/**
 * Keeps tasks in the process: for development and tests. Every replica has its own, and a restart
 * forgets them. It is bounded in number and bytes: a process that grows beyond its memory limit is
 * killed, with every request that it was answering.
 */
export class MemoryTaskStore implements TaskStore {
  private readonly byId = new Map<string, StoredTask>();
  /** Each user's tasks in the order of a listing, so that a page is a slice. */
  private readonly byUser = new Map<string, Task[]>();
  private bytes = 0;

  constructor(private readonly args: MemoryTaskStoreArgs) {}

  create(newTask: NewTask): Promise<StoredTask> {
    const task = taskOf(newTask, { taskId: randomUUID(), notified: false, done: false });
    const full = this.fullFor(this.byId.size + 1, bytesOf(task));
    if (full !== undefined) return Promise.reject(full);
    const stored = { task, version: 1 };
    this.add(stored);
    return Promise.resolve(stored);
  }

  put(task: Task, ifVersions?: readonly number[]): Promise<PutResult> {
    const old = this.byId.get(task.taskId);
    if (old === undefined) return Promise.resolve({ outcome: "unknown" });
    if (old.task.userName !== task.userName) return Promise.resolve({ outcome: "other-user" });
    if (ifVersions?.includes(old.version) === false) {
      return Promise.resolve({ outcome: "other-version", version: old.version });
    }
    const full = this.fullFor(this.byId.size, bytesOf(task) - bytesOf(old.task));
    if (full !== undefined) return Promise.reject(full);
    const version = old.version + 1;
    this.remove(old);
    this.add({ task: taskOf(task, task), version });
    return Promise.resolve({ outcome: "replaced", version, wasDone: old.task.done });
  }

  get(taskId: string): Promise<StoredTask | undefined> {
    return Promise.resolve(this.byId.get(taskId));
  }

  delete(taskId: string, ifVersions?: readonly number[]): Promise<DeleteResult> {
    const old = this.byId.get(taskId);
    if (old === undefined) return Promise.resolve({ outcome: "unknown" });
    if (ifVersions?.includes(old.version) === false) {
      return Promise.resolve({ outcome: "other-version", version: old.version });
    }
    this.remove(old);
    return Promise.resolve({ outcome: "deleted" });
  }

  list({ userName, start, end, limit, after }: TaskListing): Promise<TaskPage> {
    const all = this.byUser.get(userName) ?? [];
    // No id sorts before "", so these are the places of the first task of a second.
    let from = position(all, { startAt: start, taskId: "" });
    const to = position(all, { startAt: end + 1, taskId: "" });
    if (after !== undefined) from = Math.max(from, position(all, after));
    // The cursor names the last task of the page before, which may have been deleted since.
    if (after !== undefined && all[from]?.taskId === after.taskId) from += 1;
    const tasks = all.slice(from, Math.min(from + limit, to));
    const last = tasks.at(-1);
    return Promise.resolve(
      from + limit < to && last !== undefined
        ? { tasks, next: { startAt: last.startAt, taskId: last.taskId } }
        : { tasks },
    );
  }

  countOverdue(before: number): Promise<number> {
    let count = 0;
    for (const { task } of this.byId.values()) if (!task.done && task.startAt < before) count += 1;
    return Promise.resolve(count);
  }

  ping(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.byId.clear();
    this.byUser.clear();
    this.bytes = 0;
  }

  /** Why there is no room for so many tasks and so many bytes more; undefined when there is. */
  private fullFor(tasks: number, moreBytes: number): StoreFullError | undefined {
    const { maxTasks, maxBytes } = this.args;
    if (tasks > maxTasks) return full(`${maxTasks.toString()} tasks`, "MEMORY_STORE_MAX_TASKS");
    if (moreBytes <= 0 || this.bytes + moreBytes <= maxBytes) return undefined;
    return full(`${maxBytes.toString()} bytes`, "MEMORY_STORE_MAX_BYTES");
  }

  private add(stored: StoredTask): void {
    const { task } = stored;
    this.byId.set(task.taskId, stored);
    this.bytes += bytesOf(task);
    const all = this.byUser.get(task.userName);
    if (all === undefined) this.byUser.set(task.userName, [task]);
    else all.splice(position(all, task), 0, task);
  }

  private remove({ task }: StoredTask): void {
    this.byId.delete(task.taskId);
    this.bytes -= bytesOf(task);
    const all = this.byUser.get(task.userName) ?? [];
    all.splice(position(all, task), 1);
    if (all.length === 0) this.byUser.delete(task.userName);
  }
}

function full(limit: string, variable: string): StoreFullError {
  return new StoreFullError(
    `The in-memory store holds its ${limit}; delete some, raise ${variable}, ` +
      "or set TASK_TABLE_NAME to use DynamoDB.",
  );
}

/**
 * An upper estimate of the memory a task takes: V8 keeps a string in one or two bytes a character,
 * and 1 KiB is more than the objects, the id and the places in the maps around it.
 */
function bytesOf({ userName, title, contents }: Task): number {
  return 1_024 + 2 * (userName.length + title.length + contents.length);
}

function taskOf(fields: NewTask, rest: Pick<Task, "taskId" | "notified" | "done">): Task {
  const { userName, startAt, title, contents } = fields;
  const { taskId, notified, done } = rest;
  return { userName, startAt, taskId, title, contents, notified, done };
}

/** The index of the first task that is not before the given place, by binary search. */
function position(tasks: readonly Task[], place: TaskCursor): number {
  let low = 0;
  let high = tasks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const task = tasks[middle];
    if (task !== undefined && isBefore(task, place)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isBefore(a: TaskCursor, b: TaskCursor): boolean {
  return a.startAt < b.startAt || (a.startAt === b.startAt && a.taskId < b.taskId);
}
