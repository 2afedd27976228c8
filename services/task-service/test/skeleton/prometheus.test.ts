import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { listen, startService } from "../running-service.js";
import { until } from "../service-process.js";
import { skip } from "../skip.js";
import { greetingDomain } from "./greeting-domain.js";

it("Prometheus itself scrapes the service, and keeps the exemplar of a logged request", async function () {
  const { status } = spawnSync("prometheus", ["--version"], { stdio: "ignore" });
  if (status !== 0) skip(this, "prometheus is not on the PATH");
  const environment = { LOG_SAMPLE: "1" };
  const service = await startService({ createDomain: greetingDomain, environment });
  const folder = mkdtempSync(path.join(tmpdir(), "task-service-prometheus-"));
  const config = path.join(folder, "prometheus.yml");
  const target = new URL(service.url).host;
  writeFileSync(
    config,
    JSON.stringify({
      global: { scrape_interval: "1s" },
      scrape_configs: [{ job_name: "service", static_configs: [{ targets: [target] }] }],
    }),
  );
  const free = await listen(createServer());
  await free.stop();
  const prometheus = spawn(
    "prometheus",
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${path.join(folder, "data")}`,
      `--web.listen-address=${new URL(free.url).host}`,
      "--enable-feature=exemplar-storage",
    ],
    { stdio: "ignore" },
  );
  try {
    const response = await fetch(`${service.url}/hello/a`);
    const id = response.headers.get("X-Request-Id") ?? "";
    const query = new URLSearchParams({
      query: "http_request_duration_seconds_bucket",
      start: "0",
      end: "4102444799",
    }).toString();
    const asked = async (what: string) => {
      const answer = await fetch(`${free.url}/api/v1/${what}`).catch(() => undefined);
      return (await answer?.text()) ?? "";
    };
    await until(async () => (await asked(`query_exemplars?${query}`)).includes(id));
    assert.match(await asked("query?query=up"), /"value":\[[\d.]+,"1"\]/);
  } finally {
    const ended = once(prometheus, "exit");
    prometheus.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true });
    await service.stop();
  }
});
