import assert from "node:assert/strict";
import { DynamoDbTaskStore } from "../../src/domain/dynamodb-task-store.js";
import type { NewTask, Task } from "../../src/domain/task.js";
import type { TaskCursor, TaskStore } from "../../src/domain/task-store.js";
import { type DynamoDbEmulator, startEmulator } from "./dynamodb-emulator.js";
import { skip } from "../skip.js";
import { memoryStore } from "./task-service.js";

// What every store has to do, run against both.
describe("the in-memory store", () => {
  contract(() => Promise.resolve(memoryStore()));
});

describe("the DynamoDB store", () => {
  let emulator: DynamoDbEmulator | undefined;
  let tables = 0;

  before(async function () {
    emulator = await startEmulator();
    if (emulator === undefined) skip(this, "the DynamoDB emulator dynalite does not load here");
  });
  after(() => emulator?.stop());

  contract(async () => {
    assert.ok(emulator !== undefined);
    tables += 1;
    const tableName = `tasks-${tables.toString()}`;
    await emulator.createTable(tableName);
    const { endpoint } = emulator;
    return new DynamoDbTaskStore({
      tableName,
      region: "ap-northeast-1",
      endpoint,
      timeoutMs: 3_000,
    });
  });
});

function contract(emptyStore: () => Promise<TaskStore>): void {
  let store: TaskStore;
  beforeEach(async () => {
    store = await emptyStore();
  });
  afterEach(() => {
    store.close();
  });

  it("gives back what was created, not done and not notified, as version 1", async () => {
    const created = await store.create(newTask({ contents: "" }));
    assert.match(created.task.taskId, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/);
    assert.deepEqual(await store.get(created.task.taskId), {
      task: {
        ...newTask({ contents: "" }),
        taskId: created.task.taskId,
        notified: false,
        done: false,
      },
      version: 1,
    });
  });

  it("knows nothing of an unknown id", async () => {
    assert.equal(await store.get("unknown"), undefined);
    assert.deepEqual(await store.delete("unknown"), { outcome: "unknown" });
    assert.deepEqual(await store.put(asTask("unknown")), { outcome: "unknown" });
    assert.equal(await store.get("unknown"), undefined, "a put of an unknown id writes nothing");
  });

  it("replaces every field and says whether the task was done before", async () => {
    const { task } = await store.create(newTask());
    const changed: Task = {
      ...task,
      title: "other",
      startAt: 5,
      contents: "x",
      notified: true,
      done: true,
    };
    assert.deepEqual(await store.put(changed), { outcome: "replaced", version: 2, wasDone: false });
    assert.deepEqual(await store.get(task.taskId), { task: changed, version: 2 });
    assert.deepEqual(await store.put(changed), { outcome: "replaced", version: 3, wasDone: true });
    const { tasks } = await list(store, { start: 0 });
    assert.deepEqual(tasks, [changed], "it is listed once, at its new place");
  });

  it("refuses to give a task to another user", async () => {
    const { task } = await store.create(newTask());
    const result = await store.put({ ...task, userName: "mallory", title: "mine" });
    assert.deepEqual(result, { outcome: "other-user" });
    assert.deepEqual(await store.get(task.taskId), { task, version: 1 });
  });

  it("lets one of two concurrent writers of the same version win", async () => {
    const { task } = await store.create(newTask());
    const results = await Promise.all(
      ["a", "b"].map((title) => store.put({ ...task, title }, [1])),
    );
    assert.deepEqual(results.map(({ outcome }) => outcome).sort(), ["other-version", "replaced"]);
    assert.equal((await store.get(task.taskId))?.version, 2);
  });

  it("replaces and deletes a task only if it has one of the versions named", async () => {
    const { task } = await store.create(newTask());
    const other = { outcome: "other-version", version: 1 };
    assert.deepEqual(await store.put(task, [-1]), other);
    assert.deepEqual(await store.delete(task.taskId, [2, 3]), other);
    assert.deepEqual(await store.delete("unknown", [1]), { outcome: "unknown" });
    assert.equal((await store.put(task, [7, 1])).outcome, "replaced");
    assert.deepEqual(await store.delete(task.taskId, [1]), { ...other, version: 2 });
    assert.deepEqual(await store.delete(task.taskId, [1, 2]), { outcome: "deleted" });
  });

  it("says that nothing follows a page that is exactly full", async () => {
    for (const startAt of [1, 2, 3]) await store.create(newTask({ startAt }));
    assert.equal((await list(store, { limit: 3 })).next, undefined);
    assert.notEqual((await list(store, { limit: 2 })).next, undefined);
  });

  it("forgets a deleted task, in lists as well", async () => {
    const { task } = await store.create(newTask());
    assert.deepEqual(await store.delete(task.taskId), { outcome: "deleted" });
    assert.equal(await store.get(task.taskId), undefined);
    assert.deepEqual((await list(store)).tasks, []);
  });

  it("lists one user's tasks of a range, both ends included, in the order of startAt", async () => {
    for (const startAt of [300, 100, 200, 50, 400]) await store.create(newTask({ startAt }));
    await store.create(newTask({ startAt: 150, userName: "bob" }));
    const { tasks, next } = await list(store, { start: 100, end: 300 });
    assert.deepEqual(
      tasks.map(({ startAt }) => startAt),
      [100, 200, 300],
    );
    assert.ok(tasks.every(({ userName }) => userName === "alice"));
    assert.equal(next, undefined);
    assert.deepEqual((await list(store, { userName: "carol" })).tasks, []);
  });

  it("pages through a list without losing or repeating one, even at the same second", async () => {
    const created = new Set<string>();
    for (const startAt of [1, 2, 2, 2, 2, 3, 4]) {
      created.add((await store.create(newTask({ startAt }))).task.taskId);
    }
    const pages: string[][] = [];
    let after: TaskCursor | undefined;
    do {
      const page = await list(store, { limit: 3, ...(after && { after }) });
      pages.push(page.tasks.map(({ taskId }) => taskId));
      after = page.next;
    } while (after !== undefined);
    assert.equal(pages[0]?.length, 3);
    assert.equal(pages.flat().length, created.size);
    assert.deepEqual(new Set(pages.flat()), created);
  });

  it("goes on with a list whose last task was deleted meanwhile", async () => {
    for (const startAt of [1, 2, 3]) await store.create(newTask({ startAt }));
    const first = await list(store, { limit: 2 });
    assert.ok(first.next !== undefined);
    await store.delete(first.next.taskId);
    const second = await list(store, { limit: 2, after: first.next });
    assert.deepEqual(
      second.tasks.map(({ startAt }) => startAt),
      [3],
    );
  });

  it("counts as overdue what began before and is not done", async () => {
    await store.create(newTask({ startAt: 99 }));
    await store.create(newTask({ startAt: 100 }));
    await store.create(newTask({ startAt: 98, userName: "bob" }));
    const { task } = await store.create(newTask({ startAt: 97 }));
    assert.equal(await store.countOverdue(100), 3);
    await store.put({ ...task, done: true });
    assert.equal(await store.countOverdue(100), 2);
  });

  it("answers a ping", async () => {
    await store.ping();
  });
}

function newTask(fields: Partial<NewTask> = {}): NewTask {
  return {
    userName: "alice",
    title: "water plants",
    startAt: 1_700_000_000,
    contents: "all",
    ...fields,
  };
}

function asTask(taskId: string): Task {
  return { ...newTask(), taskId, notified: false, done: false };
}

function list(
  store: TaskStore,
  { userName = "alice", start = 0, end = 4_102_444_799, limit = 100, after }: ListArgs = {},
) {
  return store.list({ userName, start, end, limit, ...(after && { after }) });
}

type ListArgs = Partial<Parameters<TaskStore["list"]>[0]>;
