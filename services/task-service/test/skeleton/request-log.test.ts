import assert from "node:assert/strict";
import { pino } from "pino";
import { Problem } from "../../src/skeleton/problem.js";
import { type RunningService, startService } from "../running-service.js";
import { greeting, greetingDomain } from "./greeting-domain.js";

interface Line {
  readonly msg: string;
  readonly requestId: string;
  readonly path: string;
  readonly code: number;
  readonly err?: { readonly message: string; readonly stack: string };
}

describe("the log of requests", () => {
  let service: RunningService;
  let lines: Line[];

  async function start(environment: NodeJS.ProcessEnv, createDomain = greetingDomain) {
    lines = [];
    const write = (line: string) => void lines.push(JSON.parse(line) as Line);
    const log = pino({ base: null }, { write });
    service = await startService({ createDomain, environment, log });
    lines = [];
  }
  afterEach(() => service.stop());

  it("has one line for a failure, with its reason and the id that the client is told", async () => {
    await start({});
    const response = await fetch(`${service.url}/hello/a?fail`);
    assert.equal(response.status, 500);
    assert.doesNotMatch(await response.text(), /secret/);
    const [line, ...others] = lines;
    assert.deepEqual(others, []);
    assert.deepEqual([line?.code, line?.msg], [500, "request failed"]);
    assert.equal(line?.requestId, response.headers.get("X-Request-Id"));
    assert.equal(line.err?.message, "secret reason");
  });

  it("has the cause of a problem that the client was not told", async () => {
    const cause = new Error("the host is gone");
    const createDomain = () =>
      greeting({
        routes: [
          {
            method: "GET",
            path: "/store",
            codes: [200, 503],
            handlers: [
              () => {
                throw new Problem(503, "Try again.", { cause });
              },
            ],
          },
        ],
      });
    await start({}, createDomain);
    assert.doesNotMatch(await (await fetch(`${service.url}/store`)).text(), /host/);
    assert.match(lines[0]?.err?.stack ?? "", /the host is gone/);
  });

  it("has a line for a slow request, and none for the many that are well", async () => {
    await start({ LOG_SLOW_MS: "50" });
    for (const path of ["/hello/a", "/hello/a?ms=80", "/nowhere"]) await get(path);
    assert.deepEqual(
      lines.map(({ msg, path }) => [msg, path]),
      [["slow request", "/hello/a"]],
    );
  });

  it("has a line for each of the sample, without the query, which may name a user", async () => {
    await start({ LOG_SAMPLE: "1" });
    await get("/hello/a?userName=alice");
    await get("/nowhere");
    assert.deepEqual(
      lines.map(({ path, code }) => [path, code]),
      [
        ["/hello/a", 200],
        ["/nowhere", 404],
      ],
    );
    assert.doesNotMatch(JSON.stringify(lines), /alice/);
  });

  it("takes about its share of many", async () => {
    await start({ LOG_SAMPLE: "0.5" });
    for (let request = 0; request < 100; request++) await get("/hello/a");
    // Outside of this once in a hundred million runs.
    assert.ok(lines.length > 20 && lines.length < 80, lines.length.toString());
  });

  it("is silent about probes and scrapes, also while they are refused", async () => {
    await start({ LOG_SAMPLE: "1" });
    service.service.readiness.drain();
    for (const path of ["/health/readiness", "/health/liveness", "/metrics"]) await get(path);
    assert.deepEqual(lines, []);
  });

  it("takes a proxy's request id, but not one that could do harm", async () => {
    await start({});
    const idFor = async (id: string) => {
      const response = await fetch(service.url, { headers: { "X-Request-Id": id } });
      return response.headers.get("X-Request-Id");
    };
    assert.equal(await idFor("abc-123"), "abc-123");
    assert.notEqual(await idFor('a"b c'), 'a"b c');
    assert.notEqual(await idFor("a".repeat(65)), "a".repeat(65));
  });

  async function get(path: string): Promise<void> {
    await (await fetch(service.url + path)).text();
  }
});
