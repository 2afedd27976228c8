import assert from "node:assert/strict";
import { scrape, valueOf } from "../metrics-text.js";
import { type RunningService, startService } from "../running-service.js";
import { greetingDomain } from "./greeting-domain.js";

const route = "/hello/:name";

describe("the deadline of a request", () => {
  let service: RunningService;

  beforeEach(async () => {
    const environment = { REQUEST_DEADLINE_MS: "80" };
    service = await startService({ createDomain: greetingDomain, environment });
  });
  afterEach(() => service.stop());

  it("answers 503 for a handler that never answers, and counts it as a failure", async () => {
    const response = await fetch(`${service.url}/hello/a?never`);
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("Retry-After"), "1");
    const { detail } = (await response.json()) as { detail: string };
    assert.equal(detail, "No answer within 80 ms; try again later.");
    const families = await scrape(service.url);
    const failed = { method: "GET", route, code: "5xx" };
    assert.equal(valueOf(families, "http_request_duration_seconds_count", failed), 1);
    const exact = { method: "GET", route, code: "503" };
    assert.equal(valueOf(families, "http_request_errors_total", exact), 1);
  });

  it("lets a handler that answers later do no harm", async () => {
    assert.equal((await fetch(`${service.url}/hello/a?ms=120`)).status, 503);
    await new Promise((resolve) => setTimeout(resolve, 80));
    const families = await scrape(service.url);
    assert.equal(valueOf(families, "http_requests_in_flight"), 1, "the scrape alone");
    const failed = { method: "GET", route, code: "5xx" };
    assert.equal(valueOf(families, "http_request_duration_seconds_count", failed), 1, "once");
    assert.equal((await fetch(`${service.url}/hello/a`)).status, 200);
  });

  it("gives each of several requests its own time", async () => {
    await service.stop();
    const environment = { REQUEST_DEADLINE_MS: "1000" };
    service = await startService({ createDomain: greetingDomain, environment });
    const waited = await Promise.all(
      [0, 300, 600].map(async (delay) => {
        await new Promise((resolve) => setTimeout(resolve, delay));
        const started = performance.now();
        assert.equal((await fetch(`${service.url}/hello/a?never`)).status, 503);
        return performance.now() - started;
      }),
    );
    for (const ms of waited) {
      // A millisecond less for the clocks. Another request's end would be 300 ms early, a timer that
      // starts anew for the next request at least 700 ms late.
      assert.ok(ms >= 999 && ms < 1600, waited.join(", "));
    }
  });

  it("leaves alone who answers in time", async () => {
    assert.deepEqual(await (await fetch(`${service.url}/hello/a?ms=20`)).json(), { hello: "a" });
  });
});
