import assert from "node:assert/strict";
import { pino } from "pino";
import { MemoryTaskStore } from "../src/domain/memory-task-store.js";
import { Readiness } from "../src/skeleton/readiness.js";
import { startService } from "./running-service.js";

const log = pino({ level: "silent" });

describe("readiness", () => {
  it("is the store's, and liveness is not", async () => {
    const store = new MemoryTaskStore(1);
    store.ping = () => Promise.reject(new Error("down"));
    const service = await startService(store);
    try {
      const readiness = await fetch(`${service.url}/health/readiness`);
      assert.equal(readiness.status, 503);
      const { detail } = (await readiness.json()) as { detail: string };
      assert.equal(detail, "Not ready: store unavailable.");
      const liveness = await fetch(`${service.url}/health/liveness`);
      assert.deepEqual([liveness.status, await liveness.text()], [200, "liveness OK"]);
      const startup = await fetch(`${service.url}/health/startup`);
      assert.deepEqual([startup.status, await startup.text()], [200, "startup OK"]);
    } finally {
      await service.stop();
    }
  });

  it("answers the original's words while all is well", async () => {
    const service = await startService();
    try {
      const response = await fetch(`${service.url}/health/readiness`);
      assert.deepEqual([response.status, await response.text()], [200, "readiness OK"]);
    } finally {
      await service.stop();
    }
  });

  it("asks the store once for many probes, and again after the cache's time", async () => {
    let pings = 0;
    const ping = () => {
      pings += 1;
      return pings === 1 ? Promise.reject(new Error("down")) : Promise.resolve();
    };
    const readiness = new Readiness({ ping, log, cacheMs: 50 });
    const states = await Promise.all([readiness.state(), readiness.state(), readiness.state()]);
    assert.deepEqual(states, ["store unavailable", "store unavailable", "store unavailable"]);
    assert.equal(pings, 1);
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal(await readiness.state(), "ready", "it comes back when the store does");
    assert.equal(pings, 2);
  });

  it("does not wait for a store that hangs", async () => {
    const ping = () => new Promise<void>(() => undefined);
    const readiness = new Readiness({ ping, log, timeoutMs: 30 });
    assert.equal(await readiness.state(), "store unavailable");
  });

  it("ends with draining, whatever the store says", async () => {
    const readiness = new Readiness({ ping: () => Promise.resolve(), log });
    assert.equal(await readiness.state(), "ready");
    readiness.drain();
    assert.equal(await readiness.state(), "draining");
  });
});
