import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { scrape, valueOf } from "../metrics-text.js";
import { raw } from "../method-scan.js";
import { type RunningService, startService } from "../running-service.js";
import { until } from "../service-process.js";
import { greetingDomain } from "./greeting-domain.js";

describe("the HTTP server", () => {
  let service: RunningService;

  beforeEach(async () => {
    const environment = { ARRIVAL_TIMEOUT_MS: "100", MAX_CONNECTIONS: "5" };
    service = await startService({ createDomain: greetingDomain, environment });
  });
  afterEach(() => service.stop());

  const refused: [what: string, bytes: string, code: number][] = [
    ["what is not HTTP", "nonsense\r\n\r\n", 400],
    ["headers beyond 16 KiB", `GET / HTTP/1.1\r\nX: ${"x".repeat(17_000)}\r\n\r\n`, 431],
    ["headers that never end", "GET / HTTP/1.1\r\nHost:", 408],
    ["an expectation it does not know", "GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417],
  ];
  for (const [what, bytes, code] of refused) {
    it(`answers ${what} with ${code.toString()}, and counts it`, async () => {
      const answer = await raw(service.url, bytes, 400);
      assert.ok(answer.startsWith(`HTTP/1.1 ${code.toString()} `), answer);
      const families = await scrape(service.url);
      const labels = { method: "OTHER", route: "unmatched" };
      const measured = { ...labels, code: "4xx" };
      assert.equal(valueOf(families, "http_request_duration_seconds_count", measured), 1);
      const exact = { ...labels, code: code.toString() };
      assert.equal(valueOf(families, "http_request_errors_total", exact), 1);
    });
  }

  it("ends a body that never comes with 408, counted once, under its route, and not as hung up", async () => {
    const head = "GET /hello/a?never HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{";
    assert.match(await raw(service.url, head, 500), /^HTTP\/1\.1 408 /);
    const families = await scrape(service.url);
    const { samples = [] } = families.get("http_request_errors_total") ?? {};
    assert.deepEqual(
      samples.map(({ labels: { method, route, code }, value }) => [method, route, code, value]),
      // The route does not declare 408.
      [["GET", "/hello/:name", "4xx", 1]],
    );
  });

  it("takes a body that is cut in the middle for a client that hung up", async () => {
    const head = "GET /hello/a?never HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{";
    await raw(service.url, head, 20);
    const exact = { method: "GET", route: "/hello/:name", code: "499" };
    await until(async () => {
      return valueOf(await scrape(service.url), "http_request_errors_total", exact) === 1;
    });
  });

  it("bounds its connections, counts those it refuses, and makes room for the next probe", async () => {
    const idle = await Promise.all(Array.from({ length: 5 }, () => keptOpen(service.url)));
    await raw(service.url, "GET /health/liveness HTTP/1.1\r\nHost: a\r\n\r\n", 50);
    await until(() => idle.every(({ destroyed }) => destroyed));
    const families = await scrape(service.url);
    assert.equal(valueOf(families, "http_connections_refused_total"), 1);
    assert.ok((valueOf(families, "http_connections_open") ?? 9) <= 2);
  });
});

/** A connection that was answered and is kept. */
function keptOpen(url: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () => {
      socket.write("GET /health/liveness HTTP/1.1\r\nHost: a\r\n\r\n");
    });
    socket.once("data", () => {
      resolve(socket);
    });
    socket.once("error", reject);
  });
}
