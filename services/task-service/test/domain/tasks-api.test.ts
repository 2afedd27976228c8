import assert from "node:assert/strict";
import { startOfDay } from "../../src/domain/task.js";
import { type RunningService, sendJson } from "../running-service.js";
import { startTaskService } from "./task-service.js";

describe("the task API", () => {
  let service: RunningService;
  let tasks: string;

  beforeEach(async () => {
    service = await startTaskService();
    tasks = `${service.url}/api/tasks`;
  });
  afterEach(() => service.stop());

  it("serves a web client: POST, list, PUT of the listed task, list of all", async () => {
    const created = await sendJson(tasks, "POST", { ...newTask, startAt: inAnHour() });
    assert.equal(created.status, 201);
    const body = (await created.json()) as { taskId: string };
    assert.deepEqual(Object.keys(body), ["taskId"]);

    const today = startOfDay(new Date()).toString();
    const listed = await fetch(`${tasks}?userName=alice&start=${today}`);
    assert.equal(listed.status, 200);
    const [task, ...others] = (await listed.json()) as Record<string, unknown>[];
    assert.deepEqual(others, []);
    assert.deepEqual(Object.keys(task ?? {}), [
      "userName",
      "startAt",
      "taskId",
      "title",
      "contents",
      "notified",
      "done",
    ]);

    const updated = await sendJson(tasks, "PUT", { ...task, done: true });
    assert.equal(updated.status, 200);
    assert.equal(await updated.text(), "ok");

    const all = await fetch(`${tasks}?userName=alice&start=0`);
    assert.deepEqual(await all.json(), [{ ...task, done: true }]);
  });

  it("lists from the start of today to the end of 2099 unless told otherwise", async () => {
    const today = startOfDay(new Date());
    const end = Math.floor(new Date(2099, 11, 31, 23, 59, 59).getTime() / 1000);
    for (const startAt of [today - 1, today, end, end + 1]) {
      await sendJson(tasks, "POST", { ...newTask, startAt });
    }
    const listed = (await (await fetch(`${tasks}?userName=alice`)).json()) as { startAt: number }[];
    assert.deepEqual(
      listed.map(({ startAt }) => startAt),
      [today, end],
    );
  });

  it("hands out a Next-Token when a list is longer than its 100, and no token on the last page", async () => {
    for (let startAt = 1; startAt <= 150; startAt++) {
      await sendJson(tasks, "POST", { ...newTask, startAt });
    }
    const first = await fetch(`${tasks}?userName=alice&start=1&end=149`);
    const token = first.headers.get("Next-Token");
    assert.ok(token !== null);
    const second = await fetch(`${tasks}?userName=alice&nextToken=${token}`);
    assert.equal(second.headers.get("Next-Token"), null);
    const startAts = [...((await first.json()) as []), ...((await second.json()) as [])].map(
      ({ startAt }) => startAt,
    );
    assert.deepEqual(
      startAts,
      Array.from({ length: 149 }, (_, index) => index + 1),
    );
  });

  it("keeps one user's token useless for another user's tasks", async () => {
    for (let startAt = 1; startAt <= 101; startAt++) {
      await sendJson(tasks, "POST", { ...newTask, startAt });
    }
    const token = (await fetch(`${tasks}?userName=alice&start=0`)).headers.get("Next-Token") ?? "";
    const other = await fetch(`${tasks}?userName=bob&nextToken=${token}`);
    assert.deepEqual(await other.json(), []);
  });

  it("gets and deletes a task by its id", async () => {
    const taskId = await create();
    const got = await fetch(`${tasks}/${taskId}`);
    assert.deepEqual(await got.json(), { ...newTask, taskId, notified: false, done: false });
    assert.equal((await fetch(`${tasks}/${taskId}`, { method: "DELETE" })).status, 204);
    assert.equal((await fetch(`${tasks}/${taskId}`)).status, 404);
    assert.equal((await fetch(`${tasks}/${taskId}`, { method: "DELETE" })).status, 404);
  });

  it("replaces only the version that If-Match names", async () => {
    const taskId = await create();
    const etag = (await fetch(`${tasks}/${taskId}`)).headers.get("ETag") ?? "";
    const put = (title: string, ifMatch: string) =>
      sendJson(
        tasks,
        "PUT",
        { ...newTask, taskId, title, notified: false, done: false },
        { "If-Match": ifMatch },
      );

    const first = await put("first", etag);
    assert.equal(first.status, 200);
    const second = await put("second", etag);
    assert.equal(second.status, 412);
    assert.equal((await put("third", '"not-ours"')).status, 412);
    assert.equal((await put("fourth", "3")).status, 400);
    const now = await fetch(`${tasks}/${taskId}`);
    assert.equal(now.headers.get("ETag"), first.headers.get("ETag"));
    assert.equal(((await now.json()) as { title: string }).title, "first");
    assert.equal((await put("fifth", "*")).status, 200);
  });

  async function create(): Promise<string> {
    const { taskId } = (await (await sendJson(tasks, "POST", newTask)).json()) as {
      taskId: string;
    };
    return taskId;
  }
});

const newTask = {
  userName: "alice",
  startAt: 1_700_000_000,
  title: "water plants",
  contents: "all",
};

function inAnHour(): number {
  return Math.floor(Date.now() / 1000) + 3_600;
}
