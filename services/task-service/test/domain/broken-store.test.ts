import assert from "node:assert/strict";
import { createServer, request, type RequestListener, type Server } from "node:http";
import { pino } from "pino";
import { DynamoDbTaskStore } from "../../src/domain/dynamodb-task-store.js";
import { scrape, valueOf } from "../metrics-text.js";
import { listen, type RunningService, sendJson } from "../running-service.js";
import { type DynamoDbEmulator, emulatorCredentials, startEmulator } from "./dynamodb-emulator.js";
import { skip } from "../skip.js";
import { startTaskService } from "./task-service.js";

const timeoutMs = 300;
const newTask = { userName: "alice", title: "t", startAt: 1, contents: "" };

/** Each way in which a store can fail: what a server does that says it is DynamoDB. */
const broken: Record<string, RequestListener> = {
  "accepts and never answers": () => undefined,
  // The SDK's own time-outs end with the headers.
  "begins an answer and never ends it": (_request, response) => {
    response.writeHead(200, { "Content-Type": "application/x-amz-json-1.0" }).write("{");
  },
  "answers later than anybody waits": (_request, response) => {
    setTimeout(() => response.end("{}"), 10 * timeoutMs);
  },
  "fails inside": (_request, response) => {
    response.writeHead(500, { "Content-Type": "application/x-amz-json-1.0" });
    response.end('{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}');
  },
  "has no capacity left": (_request, response) => {
    response.writeHead(400, { "Content-Type": "application/x-amz-json-1.0" });
    const type = "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException";
    response.end(JSON.stringify({ __type: type, message: "secret" }));
  },
  "cuts the connection": ({ socket }) => {
    socket.destroy();
  },
};

describe("a store that", () => {
  before(() => {
    Object.assign(process.env, emulatorCredentials);
  });

  for (const [does, listener] of Object.entries(broken)) {
    it(`${does}: 503 in bounded time, counted as a failure of the route`, async () => {
      await withStore(listener, async (service) => {
        const start = performance.now();
        const tasks = `${service.url}/api/tasks`;
        const responses = await Promise.all([
          sendJson(tasks, "POST", newTask),
          fetch(`${tasks}?userName=alice`),
          fetch(`${tasks}/some`, { method: "DELETE" }),
        ]);
        const seconds = (performance.now() - start) / 1000;
        assert.ok(seconds < 3, `${seconds.toString()} s`);
        for (const response of responses) {
          assert.equal(response.status, 503);
          assert.equal(response.headers.get("Retry-After"), "1");
          assert.doesNotMatch(await response.text(), /secret|127\.0\.0\.1/);
        }
        const families = await scrape(service.url);
        const labels = { method: "POST", route: "/api/tasks" };
        const failed = { ...labels, code: "5xx" };
        assert.equal(valueOf(families, "http_request_duration_seconds_count", failed), 1);
        const exact = { ...labels, code: "503" };
        assert.equal(valueOf(families, "http_request_errors_total", exact), 1);
        // It never answered: this replica is not ready, but it is up.
        assert.equal((await fetch(`${service.url}/health/readiness`)).status, 503);
        assert.equal((await fetch(`${service.url}/health/startup`)).status, 200);
        assert.equal((await fetch(`${service.url}/health/liveness`)).status, 200);
      });
    });
  }

  it("hangs once, and answers the next try: the client notices nothing", async () => {
    let calls = 0;
    const listener: RequestListener = ({ headers }, response) => {
      // The count of overdue tasks asks at the same time.
      const target = headers["x-amz-target"];
      if (target === "DynamoDB_20120810.GetItem") calls += 1;
      if (calls > 1) response.setHeader("Content-Type", "application/x-amz-json-1.0").end("{}");
    };
    await withStore(listener, async (service) => {
      assert.equal((await fetch(`${service.url}/health/readiness`)).status, 200);
      assert.equal(calls, 2);
    });
  });

  it("is refused by its host: 503", async () => {
    const { url, stop } = await listen(createServer());
    await stop();
    await withStoreAt(url, async (service) => {
      assert.equal((await fetch(`${service.url}/api/tasks/some`)).status, 503);
    });
  });

  it("answers, and then hangs: no replica leaves the load balancer", async () => {
    let hangs = false;
    const listener: RequestListener = (_request, response) => {
      if (!hangs) response.setHeader("Content-Type", "application/x-amz-json-1.0").end("{}");
    };
    await withStore(listener, async (service) => {
      assert.equal((await fetch(`${service.url}/health/readiness`)).status, 200);
      hangs = true;
      assert.equal((await fetch(`${service.url}/api/tasks/some`)).status, 503);
      assert.equal((await fetch(`${service.url}/health/readiness`)).status, 200);
    });
  });
});

describe("a store that stores, and loses its answer", () => {
  let emulator: DynamoDbEmulator | undefined;
  before(async function () {
    emulator = await startEmulator();
    if (emulator === undefined) skip(this, "the DynamoDB emulator dynalite does not load here");
    await emulator.createTable("tasks");
  });
  after(() => emulator?.stop());

  it("has replaced the task: the version is the next one, not 412", async () => {
    const lossy = await losingAnswers(emulator?.endpoint ?? "", "UpdateItem");
    const store = storeAt(lossy.url, 3_000);
    const { task } = await store.create(newTask);
    assert.deepEqual(await store.put({ ...task, title: "new", done: true }, [1]), {
      outcome: "replaced",
      version: 2,
      wasDone: true,
    });
    assert.equal(lossy.lost(), 1);
    const other = await store.put({ ...task, title: "other" }, [1]);
    assert.deepEqual(other, { outcome: "other-version", version: 2 }, "a true conflict stays one");
    store.close();
    await lossy.stop();
  });

  it("has deleted the task: it is deleted, not unknown", async () => {
    for (const versions of [undefined, [1]]) {
      const lossy = await losingAnswers(emulator?.endpoint ?? "", "DeleteItem");
      const store = storeAt(lossy.url, 3_000);
      const { task } = await store.create(newTask);
      assert.deepEqual(await store.delete(task.taskId, versions), { outcome: "deleted" });
      assert.equal(lossy.lost(), 1);
      assert.deepEqual(await store.delete(task.taskId, versions), { outcome: "unknown" });
      store.close();
      await lossy.stop();
    }
  });
});

async function withStore(
  listener: RequestListener,
  test: (service: RunningService) => Promise<void>,
): Promise<void> {
  const { url, stop } = await listen(createServer(listener));
  try {
    await withStoreAt(url, test);
  } finally {
    await stop();
  }
}

async function withStoreAt(
  url: string,
  test: (service: RunningService) => Promise<void>,
): Promise<void> {
  const service = await startTaskService(storeAt(url, timeoutMs), pino({ level: "silent" }));
  try {
    await test(service);
  } finally {
    await service.stop();
  }
}

function storeAt(endpoint: string, timeoutMs: number): DynamoDbTaskStore {
  return new DynamoDbTaskStore({
    tableName: "tasks",
    region: "ap-northeast-1",
    endpoint,
    timeoutMs,
  });
}

/** Stands before the emulator, lets the first call of an operation through and its answer drop. */
async function losingAnswers(endpoint: string, operation: string) {
  let lost = 0;
  const proxy: Server = createServer((incoming, outgoing) => {
    const target = incoming.headers["x-amz-target"];
    const { hostname, port } = new URL(endpoint);
    const { method, url, headers } = incoming;
    const forward = request({ hostname, port, method, path: url, headers }, (answer) => {
      if (lost === 0 && typeof target === "string" && target.endsWith(operation)) {
        lost += 1;
        answer.resume().on("end", () => incoming.socket.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(forward);
  });
  const { url, stop } = await listen(proxy);
  return { url, stop, lost: () => lost };
}
