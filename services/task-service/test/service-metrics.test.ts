import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mock } from "node:test";
import { Registry } from "@prometheus-io/client";
import { pino } from "pino";
import { MemoryTaskStore } from "../src/domain/memory-task-store.js";
import { knownSeries } from "../src/domain/routes.js";
import { TaskMetrics } from "../src/domain/task-metrics.js";
import { parseMetrics, scrape, valueOf } from "./metrics-text.js";
import { type RunningService, sendJson, startService } from "./running-service.js";
import { skip } from "./skip.js";

describe("/metrics", () => {
  let service: RunningService;
  let tasks: string;
  const store = new MemoryTaskStore(1_000);

  beforeEach(async () => {
    service = await startService(store);
    tasks = `${service.url}/api/tasks`;
  });
  afterEach(async () => {
    await service.stop();
    store.close();
  });

  it("has the content type that Prometheus 3 insists on", async () => {
    const response = await fetch(`${service.url}/metrics`);
    assert.equal(response.headers.get("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  });

  it("starts every known series at 0, within what one pod should export", async () => {
    const families = await scrape(service.url);
    for (const { method, route, codes } of knownSeries) {
      for (const code of [...codes, 499].map(String)) {
        const labels = { method, route, code };
        assert.equal(
          valueOf(families, "http_request_duration_seconds_count", labels),
          0,
          JSON.stringify(labels),
        );
      }
    }
    const series = [...families.values()].reduce((sum, { samples }) => sum + samples.length, 0);
    assert.ok(series < 2_000, `${series.toString()} series`);
  });

  it("counts this service's requests under their routes", async () => {
    await (await sendJson(tasks, "POST", newTask)).text();
    await (await sendJson(tasks, "POST", "{")).text();
    await (await fetch(`${tasks}/unknown`)).text();
    await (await fetch(`${service.url}/.env`)).text();
    const families = await scrape(service.url);
    for (const [method, route, code] of [
      ["POST", "/api/tasks", "201"],
      ["POST", "/api/tasks", "400"],
      ["GET", "/api/tasks/:taskId", "404"],
      ["GET", "unmatched", "404"],
    ] as const) {
      const labels = { method, route, code };
      assert.equal(valueOf(families, "http_request_duration_seconds_count", labels), 1, route);
    }
    assert.equal(valueOf(families, "http_requests_in_flight"), 1, "the scrape itself");
  });

  it("names the version and the process", async () => {
    const families = await scrape(service.url);
    assert.equal(valueOf(families, "app_info", { version: "1.2.3" }), 1);
    for (const name of ["process_cpu_seconds_total", "nodejs_eventloop_lag_seconds"]) {
      assert.equal(families.get(name)?.samples.length, 1, name);
    }
  });

  it("counts created tasks, and done ones by their transition only", async () => {
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

  it("is to be had as JSON too", async () => {
    await (await sendJson(tasks, "POST", newTask)).text();
    const json = (await (await fetch(`${service.url}/metrics.json`)).json()) as JsonFamily[];
    const names = new Set(json.map(({ name }) => name));
    assert.deepEqual(names, new Set((await scrape(service.url)).keys()));
    const counts = json
      .find(({ name }) => name === "http_request_duration_seconds")
      ?.values.filter(({ metricName }) => metricName === "http_request_duration_seconds_count");
    const created = counts?.filter(({ labels: { method, route, code } }) => {
      return method === "POST" && route === "/api/tasks" && code === "201";
    });
    assert.deepEqual(
      created?.map(({ value }) => value),
      [1],
    );
  });

  it("satisfies promtool, but for the names that the client library chose", async function () {
    const text = await (await fetch(`${service.url}/metrics`)).text();
    const { error, stderr, status } = spawnSync("promtool", ["check", "metrics"], { input: text });
    if (error !== undefined) skip(this, "promtool is not on the PATH");
    const complaints = stderr
      .toString()
      .split("\n")
      .filter((line) => line !== "");
    const known = [
      ...["handles", "requests", "resources"].map((what) => `nodejs_active_${what}_total`),
      ...["histogram", "summary"].map((type) => `nodejs_eventloop_utilization_${type}`),
    ];
    const others = complaints.filter((line) => !known.some((name) => line.startsWith(name)));
    assert.deepEqual(others, []);
    assert.ok(status === 0 || status === 3, `exit code ${String(status)}`);
  });
});

describe("tasks_overdue", () => {
  beforeEach(() => {
    mock.timers.enable({ apis: ["setInterval"] });
  });
  afterEach(() => {
    mock.timers.reset();
  });

  it("is counted at the start and once a minute, never by a scrape", async () => {
    const registry = new Registry();
    let counts = 0;
    const countOverdue = () => Promise.resolve((counts += 1));
    const metrics = new TaskMetrics({ registry, log: pino({ level: "silent" }), countOverdue });
    const overdue = async () => valueOf(parseMetrics(await registry.metrics()), "tasks_overdue");

    assert.equal(await overdue(), undefined, "unknown before the first count");
    await metrics.start();
    for (let scrapes = 0; scrapes < 5; scrapes++) assert.equal(await overdue(), 1);
    mock.timers.tick(59_999);
    assert.equal(counts, 1);
    mock.timers.tick(1);
    assert.equal(counts, 2);
    metrics.stop();
    mock.timers.tick(600_000);
    assert.equal(counts, 2);
  });

  it("keeps its last value while the store does not answer", async () => {
    const registry = new Registry();
    const answers = [Promise.resolve(7), Promise.reject(new Error("down"))];
    const countOverdue = () => answers.shift() ?? assert.fail("one count too many");
    const metrics = new TaskMetrics({ registry, log: pino({ level: "silent" }), countOverdue });
    await metrics.start();
    mock.timers.tick(60_000);
    await new Promise(setImmediate);
    assert.equal(valueOf(parseMetrics(await registry.metrics()), "tasks_overdue"), 7);
    metrics.stop();
  });
});

interface JsonFamily {
  readonly name: string;
  readonly values: {
    readonly metricName?: string;
    readonly labels: Record<string, string>;
    readonly value: number;
  }[];
}

const newTask = {
  userName: "alice",
  startAt: 1_700_000_000,
  title: "water plants",
  contents: "all",
};
