import { randomUUID } from "node:crypto";
import type { NewTask, Task } from "./task.js";
import {
  type PutResult,
  type StoredTask,
  StoreFullError,
  type TaskCursor,
  type TaskListing,
  type TaskPage,
  type TaskStore,
} from "./task-store.js";

/**
 * Keeps tasks in the process: for development and tests. Every replica has its own, and a restart
 * forgets them.
 */
export class MemoryTaskStore implements TaskStore {
  private readonly byId = new Map<string, StoredTask>();
  /** Each user's tasks in the order of a listing, so that a page is a slice. */
  private readonly byUser = new Map<string, TaskCursor[]>();

  /** @param maxTasks how many tasks it holds before `create` is refused */
  constructor(private readonly maxTasks: number) {}

  create(newTask: NewTask): Promise<StoredTask> {
    if (this.byId.size >= this.maxTasks) {
      return Promise.reject(
        new StoreFullError(
          `The in-memory store holds its ${this.maxTasks.toString()} tasks; delete some, ` +
            "raise MEMORY_STORE_MAX_TASKS, or set TASK_TABLE_NAME to use DynamoDB.",
        ),
      );
    }
    const task = taskOf(newTask, { taskId: randomUUID(), notified: false, done: false });
    const stored = { task, version: 1 };
    this.byId.set(task.taskId, stored);
    this.addToUser(task);
    return Promise.resolve(stored);
  }

  put(task: Task, ifVersion?: number): Promise<PutResult> {
    const old = this.byId.get(task.taskId);
    if (old === undefined) return Promise.resolve({ outcome: "unknown" });
    if (old.task.userName !== task.userName) return Promise.resolve({ outcome: "other-user" });
    if (ifVersion !== undefined && ifVersion !== old.version) {
      return Promise.resolve({ outcome: "other-version", version: old.version });
    }
    const version = old.version + 1;
    this.removeFromUser(old.task);
    this.byId.set(task.taskId, { task: taskOf(task, task), version });
    this.addToUser(task);
    return Promise.resolve({ outcome: "replaced", version, wasDone: old.task.done });
  }

  get(taskId: string): Promise<StoredTask | undefined> {
    return Promise.resolve(this.byId.get(taskId));
  }

  delete(taskId: string): Promise<boolean> {
    const old = this.byId.get(taskId);
    if (old === undefined) return Promise.resolve(false);
    this.removeFromUser(old.task);
    this.byId.delete(taskId);
    return Promise.resolve(true);
  }

  list({ userName, start, end, limit, after }: TaskListing): Promise<TaskPage> {
    const places = this.byUser.get(userName) ?? [];
    // No id sorts before "", so this is the place of the first task of that second.
    let from = position(places, { startAt: start, taskId: "" });
    if (after !== undefined) from = Math.max(from, position(places, after));
    // The cursor names the last task of the page before, which may have been deleted since.
    if (after !== undefined && places[from]?.taskId === after.taskId) from += 1;
    const found = places.slice(from, from + limit + 1).filter(({ startAt }) => startAt <= end);
    const tasks = found.slice(0, limit).flatMap(({ taskId }) => this.byId.get(taskId)?.task ?? []);
    const last = tasks.at(-1);
    return Promise.resolve(
      found.length > limit && last !== undefined
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
  }

  private addToUser({ userName, startAt, taskId }: Task): void {
    const places = this.byUser.get(userName);
    if (places === undefined) this.byUser.set(userName, [{ startAt, taskId }]);
    else places.splice(position(places, { startAt, taskId }), 0, { startAt, taskId });
  }

  private removeFromUser({ userName, startAt, taskId }: Task): void {
    const places = this.byUser.get(userName) ?? [];
    places.splice(position(places, { startAt, taskId }), 1);
    if (places.length === 0) this.byUser.delete(userName);
  }
}

function taskOf(fields: NewTask, rest: Pick<Task, "taskId" | "notified" | "done">): Task {
  const { userName, startAt, title, contents } = fields;
  const { taskId, notified, done } = rest;
  return { userName, startAt, taskId, title, contents, notified, done };
}

/** The index of the first place that is not before the given one, by binary search. */
function position(places: readonly TaskCursor[], wanted: TaskCursor): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const place = places[middle];
    if (place !== undefined && isBefore(place, wanted)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isBefore(a: TaskCursor, b: TaskCursor): boolean {
  return a.startAt < b.startAt || (a.startAt === b.startAt && a.taskId < b.taskId);
}
