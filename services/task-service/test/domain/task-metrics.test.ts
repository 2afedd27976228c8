import assert from "node:assert/strict";
import { mock } from "node:test";
import { Registry } from "@prometheus-io/client";
import { pino } from "pino";
import { TaskMetrics } from "../../src/domain/task-metrics.js";
import { parseMetrics, scrape, valueOf } from "../metrics-text.js";
import { type RunningService, sendJson } from "../running-service.js";
import { memoryStore, startTaskService } from "./task-service.js";

const log = pino({ level: "silent" });

describe("the metrics of tasks", () => {
  let service: RunningService;
  let tasks: string;

  beforeEach(async () => {
    service = await startTaskService();
    tasks = `${service.url}/api/tasks`;
  });
  afterEach(() => service.stop());

  it("count requests under their routes", async () => {
    await (await sendJson(tasks, "POST", newTask)).text();
    await (await sendJson(tasks, "POST", "{")).text();
    await (await fetch(`${tasks}/unknown`)).text();
    const families = await scrape(service.url);
    for (const [method, route, code, exact] of [
      ["POST", "/api/tasks", "201", undefined],
      ["POST", "/api/tasks", "4xx", "400"],
      ["GET", "/api/tasks/:taskId", "4xx", "404"],
    ] as const) {
      const labels = { method, route, code };
      assert.equal(valueOf(families, "http_request_duration_seconds_count", labels), 1, route);
      if (exact === undefined) continue;
      const error = { method, route, code: exact };
      assert.equal(valueOf(families, "http_request_errors_total", error), 1, route);
    }
  });

  it("count created tasks, and done ones by their transition only", async () => {
    const { taskId } = (await (await sendJson(tasks, "POST", newTask)).json()) as {
      taskId: string;
    };
    await sendJson(tasks, "POST", {});
    for (const done of [false, true, true, false, true]) {
      await sendJson(tasks, "PUT", { ...newTask, taskId, notified: false, done });
    }
    const families = await scrape(service.url);
    assert.equal(valueOf(families, "tasks_created_total"), 1);
    assert.equal(valueOf(families, "tasks_done_total"), 2);
  });
});

describe("tasks_overdue", () => {
  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] });
  });
  afterEach(() => {
    mock.timers.reset();
  });

  it("is counted at the start and five minutes after each count, never by a scrape", async () => {
    const registry = new Registry();
    let counts = 0;
    const countOverdue = () => Promise.resolve((counts += 1));
    const metrics = new TaskMetrics({ registry, log, countOverdue });
    assert.equal(await overdue(registry), undefined, "unknown before the first count");
    metrics.start();
    await settled();
    for (let scrapes = 0; scrapes < 5; scrapes++) assert.equal(await overdue(registry), 1);
    mock.timers.tick(299_999);
    assert.equal(counts, 1);
    mock.timers.tick(1);
    assert.equal(counts, 2);
    await settled();
    metrics.stop();
    mock.timers.tick(3_600_000);
    assert.equal(counts, 2);
  });

  it("is never counted twice at a time, however slow the store", async () => {
    const registry = new Registry();
    let answer: (count: number) => void = () => undefined;
    let counts = 0;
    const countOverdue = () => {
      counts += 1;
      return new Promise<number>((resolve) => (answer = resolve));
    };
    const metrics = new TaskMetrics({ registry, log, countOverdue });
    metrics.start();
    mock.timers.tick(3_600_000);
    await settled();
    assert.equal(counts, 1);
    answer(5);
    await settled();
    mock.timers.tick(300_000);
    assert.equal(counts, 2);
    metrics.stop();
  });

  it("keeps its last value while the store does not answer", async () => {
    const registry = new Registry();
    const answers = [() => Promise.resolve(7), () => Promise.reject(new Error("down"))];
    const countOverdue = () => (answers.shift() ?? assert.fail("one count too many"))();
    const metrics = new TaskMetrics({ registry, log, countOverdue });
    metrics.start();
    await settled();
    mock.timers.tick(300_000);
    await settled();
    assert.equal(await overdue(registry), 7);
    metrics.stop();
  });
});

it("the startup probe does not wait for the count of overdue tasks", async () => {
  const store = memoryStore();
  store.countOverdue = () => new Promise<number>(() => undefined);
  const service = await startTaskService(store);
  assert.equal((await fetch(`${service.url}/health/startup`)).status, 200);
  await service.stop();
});

async function overdue(registry: Registry): Promise<number | undefined> {
  return valueOf(parseMetrics(await registry.metrics()), "tasks_overdue");
}

async function settled(): Promise<void> {
  await new Promise(setImmediate);
}

const newTask = { userName: "alice", startAt: 1_700_000_000, title: "water plants", contents: "" };
