import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { sendJson } from "../running-service.js";
import { kill, type ServiceProcess, startProcess } from "../service-process.js";
import { skip } from "../skip.js";

/** What the stack gives a pod, in bytes, and the share of it that the image gives to the heap. */
const podLimit = 256 * 1024 * 1024;
const heapMiB = 0.6 * 256;

describe("the memory of the service stays below its pod's limit", () => {
  let service: ServiceProcess;

  beforeEach(async function () {
    if (!existsSync("/proc/self/status"))
      skip(this, "this system does not tell a process's memory");
    service = await startProcess({
      args: [`--max-old-space-size=${heapMiB.toFixed(0)}`, "--import", "tsx", "src/main.ts"],
    });
  });
  afterEach(() => kill(service));

  it("when 3,000 clients send bodies that never end", async function () {
    this.timeout(30_000);
    const { port } = new URL(service.url);
    const head =
      "POST /api/tasks HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 102400";
    const sockets = Array.from({ length: 3_000 }, () => {
      const socket = connect(Number(port), "127.0.0.1");
      // Most of them are refused.
      socket.on("error", () => undefined);
      socket.write(`${head}\r\n\r\n${"x".repeat(102_000)}`);
      return socket;
    });
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const bytes = residentBytes(service);
    for (const socket of sockets) socket.destroy();
    assert.ok(bytes < podLimit, `${bytes.toString()} bytes`);
  });

  it("when the in-memory store is filled with the largest tasks: then it is 507", async function () {
    this.timeout(120_000);
    const tasks = `${service.url}/api/tasks`;
    const task = { userName: "a", title: "t", startAt: 1, contents: "あ".repeat(10_000) };
    let created = 0;
    let status = 201;
    while (status === 201 && created < 10_000) {
      const statuses = await Promise.all(
        Array.from({ length: 20 }, async () => {
          const response = await sendJson(tasks, "POST", task);
          await response.text();
          return response.status;
        }),
      );
      status = Math.max(...statuses);
      created += statuses.filter((one) => one === 201).length;
    }
    assert.equal(status, 507);
    assert.ok(created > 2_000 && created < 3_000, created.toString());
    assert.ok(residentBytes(service) < podLimit, residentBytes(service).toString());
    // A task that grows is refused as well, and one that shrinks is not.
    const { taskId } =
      ((await (await fetch(`${tasks}?userName=a&start=0`)).json()) as Task[])[0] ?? {};
    const put = { ...task, taskId, notified: false, done: false };
    const grown = { ...put, title: "t".repeat(256) };
    const room = async () => (await sendJson(tasks, "POST", { ...task, contents: "" })).status;
    while ((await room()) === 201) created += 1;
    assert.equal((await sendJson(tasks, "PUT", { ...grown })).status, 507);
    assert.equal((await sendJson(tasks, "PUT", { ...put, contents: "" })).status, 200);
  });
});

interface Task {
  readonly taskId: string;
}

/** Not from its metrics: no connection may be left for a scrape. */
function residentBytes({ child }: ServiceProcess): number {
  const status = readFileSync(`/proc/${String(child.pid)}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}
