import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { quotes } from "../src/quotes.ts";

describe("quote-service", () => {
  let service: ChildProcess;
  let url: string;

  beforeEach(async () => {
    // Every Node can run it so; the image's Node 24 runs src/main.ts as it is.
    const args = ["-r", path.resolve("../../register.cjs"), "-e", "require('./src/main.ts')"];
    service = spawn(process.execPath, args, {
      env: { ...process.env, PORT: "0", HOST: "127.0.0.1", OTEL_SERVICE_NAME: "quote-service" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    assert.ok(service.stdout);
    const [line] = (await once(service.stdout, "data")) as [Buffer];
    const { port } = JSON.parse(line.toString()) as { port: number };
    url = `http://127.0.0.1:${port.toString()}`;
  });
  afterEach(async () => {
    if (service.exitCode !== null) return;
    service.kill("SIGKILL");
    await once(service, "exit");
  });

  const get = async (where: string, method = "GET"): Promise<[number, unknown]> => {
    const response = await fetch(`${url}${where}`, { method });
    return [response.status, await response.json()];
  };

  it("gives any quote, or the one that is asked for", async () => {
    const [status, quote] = await get("/quotes/random");
    assert.equal(status, 200);
    assert.ok(quotes.some(({ text }) => text === (quote as { text: string }).text));
    assert.deepEqual(await get("/quotes/2?x=1"), [200, quotes[1]]);
  });

  it("says so where there is no such quote, path or method", async () => {
    assert.deepEqual(await get("/quotes/99"), [404, { error: "no quote has this id" }]);
    assert.deepEqual(await get("/quote"), [404, { error: "no such path" }]);
    assert.deepEqual(await get("/quotes/2", "POST"), [405, { error: "GET only" }]);
  });

  it("answers the three probes", async () => {
    for (const probe of ["startup", "liveness", "readiness"]) {
      assert.deepEqual(await get(`/health/${probe}`), [200, { [probe]: "OK" }]);
    }
  });

  it("counts requests by the pattern of the path, never by the path itself", async () => {
    for (const where of ["/quotes/1", "/quotes/99", "/nobody-has-this"]) await get(where);
    const text = await (await fetch(`${url}/metrics`)).text();
    const counted = [...text.matchAll(/^http_server_request_duration_count\{(.*)\} (\d+)$/gm)].map(
      ([, labels = "", count]) => [
        /http_route="([^"]*)"/.exec(labels)?.[1],
        /http_response_status_code="(\d+)"/.exec(labels)?.[1],
        count,
      ],
    );
    assert.deepEqual(counted, [
      ["/quotes/{id}", "200", "1"],
      ["/quotes/{id}", "404", "1"],
      [undefined, "404", "1"],
    ]);
    assert.ok(!text.includes("nobody"));
    assert.match(text, /^quotes_served_total\{.*\} 1$/m);
    assert.match(text, /^target_info\{.*service_name="quote-service".*\} 1$/m);
  });

  it("ends on SIGTERM, when kept connections are idle", async () => {
    await get("/quotes/1");
    service.kill("SIGTERM");
    assert.deepEqual(await once(service, "exit"), [0, null]);
  });
});
