import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { pino } from "pino";
import { MemoryTaskStore } from "../src/domain/memory-task-store.js";
import { StoreUnavailableError } from "../src/domain/task-store.js";
import { type RunningService, startService } from "./running-service.js";
import { until } from "./service-process.js";

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly requestId?: string;
  readonly req?: { readonly method: string; readonly url: string };
  readonly res?: { readonly statusCode: number };
}

describe("the log of requests", () => {
  let service: RunningService;
  let lines: Line[];
  const store = new MemoryTaskStore(1);

  beforeEach(async () => {
    lines = [];
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(JSON.parse(chunk.toString()) as Line);
        done();
      },
    });
    service = await startService(store, pino(stream));
  });
  afterEach(() => service.stop());

  it("has one line for each, with the id that the client is told", async () => {
    const response = await fetch(`${service.url}/api/tasks/some`);
    await until(() => lines.length > 0);
    assert.equal(lines.length, 1);
    const [line] = lines;
    assert.deepEqual(line?.req, { method: "GET", url: "/api/tasks/some" });
    assert.deepEqual(line.res, { statusCode: 404 });
    assert.ok(line.requestId !== undefined);
    assert.equal(line.requestId, response.headers.get("X-Request-Id"));
  });

  it("takes a proxy's request id, but not one that could do harm", async () => {
    const idFor = async (id: string) => {
      const response = await fetch(service.url, { headers: { "X-Request-Id": id } });
      return response.headers.get("X-Request-Id");
    };
    assert.equal(await idFor("abc-123"), "abc-123");
    assert.notEqual(await idFor('a"b c'), 'a"b c');
    assert.notEqual(await idFor("a".repeat(65)), "a".repeat(65));
  });

  it("is silent about probes and scrapes that succeed", async () => {
    for (const path of ["/health/startup", "/health/liveness", "/health/readiness", "/metrics"]) {
      await (await fetch(service.url + path)).text();
    }
    await (await fetch(`${service.url}/last`)).text();
    await until(() => lines.length > 0);
    assert.deepEqual(
      lines.map(({ req }) => req?.url),
      ["/last"],
    );
  });

  it("tells why a request failed, under its id", async () => {
    store.get = () => Promise.reject(new StoreUnavailableError("the reason"));
    const response = await fetch(`${service.url}/api/tasks/some`);
    await until(() => lines.length === 2);
    const id = response.headers.get("X-Request-Id");
    assert.ok(lines.every(({ requestId }) => requestId === id));
    assert.match(JSON.stringify(lines), /the reason/);
  });
});
