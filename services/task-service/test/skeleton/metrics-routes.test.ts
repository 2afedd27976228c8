import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { get } from "node:http";
import { gunzipSync } from "node:zlib";
import { type MetricFamily, parseMetrics, scrape, valueOf } from "../metrics-text.js";
import { type RunningService, startService } from "../running-service.js";
import { skip } from "../skip.js";
import { greetingDomain } from "./greeting-domain.js";

const openMetrics = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5";

describe("/metrics", () => {
  let service: RunningService;

  beforeEach(async () => {
    const environment = { LOG_SAMPLE: "1" };
    service = await startService({ createDomain: greetingDomain, environment });
  });
  afterEach(() => service.stop());

  it("has the content type that Prometheus 3 insists on", async () => {
    const { headers } = await ask("text/plain");
    assert.equal(headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
  });

  it("names the version and the process", async () => {
    const families = await scrape(service.url);
    assert.equal(valueOf(families, "app_info", { version: "1.2.3" }), 1);
    assert.equal(valueOf(families, "http_requests_in_flight"), 1, "the scrape itself");
    assert.ok((valueOf(families, "http_connections_open") ?? 0) > 0);
    for (const name of ["process_cpu_seconds_total", "nodejs_eventloop_lag_seconds"]) {
      assert.equal(families.get(name)?.samples.length, 1, name);
    }
  });

  it("is OpenMetrics for who accepts it, with the request's id as exemplar of its bucket", async () => {
    const response = await fetch(`${service.url}/hello/a`);
    const { headers, body } = await ask(openMetrics);
    assert.equal(
      headers["content-type"],
      "application/openmetrics-text; version=1.0.0; charset=utf-8",
    );
    assert.ok(body.endsWith("\n# EOF\n"));
    const id = response.headers.get("X-Request-Id") ?? "";
    const exemplars = body.split("\n").filter((line) => line.includes("# {"));
    assert.equal(exemplars.length, 1);
    assert.match(exemplars[0] ?? "", /^http_request_duration_seconds_bucket\{.*"\/hello\/:name"/);
    assert.ok(exemplars[0]?.includes(`# {request_id="${id}"} 0.0`), exemplars[0]);
  });

  it("has the same names and values in both formats, also one after the other", async () => {
    const before = names(parseMetrics((await ask("text/plain")).body));
    const { body } = await ask(openMetrics);
    assert.match(body, /^# TYPE process_cpu_seconds counter\nprocess_cpu_seconds_total \d/m);
    const after = names(parseMetrics((await ask("text/plain")).body));
    assert.deepEqual(after, before);
    for (const name of before)
      assert.ok(body.includes(`${name}{`) || body.includes(`${name} `), name);
  });

  it("is compressed for who accepts that", async () => {
    const { headers, bytes } = await ask("text/plain", "gzip");
    assert.equal(headers["content-encoding"], "gzip");
    assert.equal(headers.vary, "Accept, Accept-Encoding");
    const text = gunzipSync(bytes).toString();
    assert.ok(parseMetrics(text).has("app_info"));
    assert.ok(bytes.length < text.length / 4, `${bytes.length.toString()} bytes`);
    assert.equal((await ask("text/plain", "identity")).headers["content-encoding"], undefined);
  });

  it("is to be had as JSON too", async () => {
    const json = (await (await fetch(`${service.url}/metrics.json`)).json()) as { name: string }[];
    assert.deepEqual(
      new Set(json.map(({ name }) => name)),
      new Set((await scrape(service.url)).keys()),
    );
  });

  it("satisfies promtool, but for the names that the client library chose", async function () {
    const { body } = await ask("text/plain");
    const { error, stderr, status } = spawnSync("promtool", ["check", "metrics"], { input: body });
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

  /** fetch would choose an encoding of its own, and decode it. */
  function ask(accept: string, encoding = "identity"): Promise<Answer> {
    const headers = { Accept: accept, "Accept-Encoding": encoding };
    return new Promise((resolve, reject) => {
      get(`${service.url}/metrics`, { headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const bytes = Buffer.concat(chunks);
          resolve({ headers: response.headers, bytes, body: bytes.toString() });
        });
      }).on("error", reject);
    });
  }
});

interface Answer {
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly bytes: Buffer;
  readonly body: string;
}

/** But those of the process, which come and go with its collections and open handles. */
function names(families: ReadonlyMap<string, MetricFamily>): string[] {
  const all = [...families.values()].flatMap(({ samples }) => samples.map(({ name }) => name));
  return [...new Set(all)].filter((name) => !/^nodejs_(active|gc)_/.test(name)).sort();
}
