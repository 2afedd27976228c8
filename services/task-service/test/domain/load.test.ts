import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { loadArgsFrom } from "../../load/load-args.js";
import { scrape } from "../metrics-text.js";
import { kill, type ServiceProcess, startProcess } from "../service-process.js";

describe("the load tool", () => {
  let service: ServiceProcess | undefined;
  afterEach(async () => {
    if (service !== undefined) await kill(service);
  });

  it("goes to this machine unless told otherwise", () => {
    assert.equal(loadArgsFrom([]).url.origin, "http://127.0.0.1:3000");
    for (const host of ["localhost", "127.1", "[::1]"]) {
      assert.ok(loadArgsFrom(["--url", `http://${host}:3000`]).url);
    }
    for (const host of [
      "example.org",
      "10.0.0.1",
      "127.0.0.1.example.org",
      "localhost.example.org",
    ]) {
      const url = `http://${host}`;
      assert.throws(() => loadArgsFrom(["--url", url]), /is not this machine.*--allow-remote/);
      assert.equal(loadArgsFrom(["--url", url, "--allow-remote"]).url.hostname, host);
    }
  });

  it("is bounded in time, rate and number", () => {
    assert.throws(
      () => loadArgsFrom(["--seconds", "3601"]),
      /--seconds is "3601"; it must be .* 3600\./,
    );
    assert.throws(() => loadArgsFrom(["--rate", "0"]), /--rate is "0"; .* from 1 to 1000\./);
    assert.throws(
      () => loadArgsFrom(["--max-requests", "1e9"]),
      /--max-requests is "1e9"; it must/,
    );
    assert.throws(
      () => loadArgsFrom(["--url", "ftp://localhost"]),
      /--url is "ftp:\/\/localhost"; it must/,
    );
  });

  it("makes 2xx, 400, 404, 499 and, with faults, 503, and stops by itself", async () => {
    service = await startProcess({ environment: { FAULT_RATE: "0.2", FAULT_DELAY_MS: "5" } });
    const { code, output } = await load("--url", service.url, "--seconds", "3", "--rate", "100");
    assert.equal(code, 0, output);
    const codes = await countByCode(service.url);
    for (const code of ["200", "201", "4xx", "499", "5xx"]) {
      assert.ok((codes.get(code) ?? 0) > 0, `no ${code} among ${JSON.stringify([...codes])}`);
    }
  });

  it("stops at the number of requests", async () => {
    service = await startProcess();
    await load("--url", service.url, "--seconds", "3", "--rate", "500", "--max-requests", "100");
    const codes = await countByCode(service.url);
    const total = [...codes.values()].reduce((sum, count) => sum + count, 0);
    const hungUp = codes.get("499") ?? 0;
    assert.equal(total - hungUp, 100);
    assert.ok(hungUp <= 3);
  });

  it("fails when nothing answers", async () => {
    const { code } = await load("--url", "http://127.0.0.1:1", "--seconds", "1");
    assert.equal(code, 1);
  });
});

async function load(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", "load/load.ts", ...args]);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  }
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output };
}

/** The requests to the API and to unknown paths, by their code. */
async function countByCode(url: string): Promise<Map<string, number>> {
  const samples = (await scrape(url)).get("http_request_duration_seconds")?.samples ?? [];
  const counts = new Map<string, number>();
  for (const { name, labels, value } of samples) {
    if (!name.endsWith("_count") || !/^(\/api\/|unmatched)/.test(labels.route ?? "")) continue;
    counts.set(labels.code ?? "", (counts.get(labels.code ?? "") ?? 0) + value);
  }
  return counts;
}
