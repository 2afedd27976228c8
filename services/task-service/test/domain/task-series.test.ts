import assert from "node:assert/strict";
import { scan } from "../method-scan.js";
import { type MetricFamily, scrape } from "../metrics-text.js";
import { startTaskService } from "./task-service.js";

describe("the series of this service", () => {
  it("are few at the start, and a scan adds fewer than 100", async () => {
    const { url, stop } = await startTaskService();
    try {
      for (const probe of ["startup", "liveness", "readiness"]) await get(`/health/${probe}`);
      await scrape(url);
      const start = seriesOf(await scrape(url));
      assert.ok(start < 450, `${start.toString()} series at the start`);
      await scan(url, [
        ...["/api/tasks", "/api/tasks?userName=a", "/api/tasks/some", "/openapi.json"],
        ...["/health/startup", "/health/liveness", "/health/readiness", "/metrics"],
      ]);
      const families = await scrape(url);
      const added = seriesOf(families) - start;
      assert.ok(
        added < 100,
        `${added.toString()} series more: ${JSON.stringify(counts(families))}`,
      );
    } finally {
      await stop();
    }

    async function get(path: string): Promise<void> {
      await (await fetch(url + path)).text();
    }
  });
});

function seriesOf(families: ReadonlyMap<string, MetricFamily>): number {
  return [...families.values()].reduce((sum, { samples }) => sum + samples.length, 0);
}

function counts(families: ReadonlyMap<string, MetricFamily>): Record<string, number> {
  return Object.fromEntries([...families].map(([name, { samples }]) => [name, samples.length]));
}
