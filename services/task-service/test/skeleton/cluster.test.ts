import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { scrape, valueOf } from "../metrics-text.js";

it("in a worker cluster, the primary's metrics are the sum of the workers'", async () => {
  const child = spawn(process.execPath, ["--import", "tsx", "test/skeleton/cluster-app.ts"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const ports = { metrics: 0, port: 0 };
    let workers = 0;
    for await (const line of createInterface(child.stdout)) {
      const said = JSON.parse(line) as Partial<typeof ports>;
      Object.assign(ports, said);
      if (said.port !== undefined) workers += 1;
      if (workers === 2 && ports.metrics > 0) break;
    }
    const answeredBy = new Set<number>();
    for (let request = 0; request < 20; request++) {
      // A connection each: the primary gives them to the workers in turn.
      const headers = { Connection: "close" };
      const response = await fetch(`http://127.0.0.1:${ports.port.toString()}/hello`, { headers });
      answeredBy.add(((await response.json()) as { worker: number }).worker);
    }
    assert.equal(answeredBy.size, 2, "both workers answered");
    const families = await scrape(`http://127.0.0.1:${ports.metrics.toString()}`);
    const labels = { method: "GET", route: "/hello", code: "200" };
    assert.equal(valueOf(families, "http_request_duration_seconds_count", labels), 20);
    assert.equal(valueOf(families, "http_requests_in_flight"), 0);
  } finally {
    child.kill();
    await once(child, "exit");
  }
});
