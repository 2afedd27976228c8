import assert from "node:assert/strict";
import { FaultyTaskStore } from "../../src/domain/faulty-task-store.js";
import { StoreUnavailableError } from "../../src/domain/task-store.js";
import { memoryStore } from "./task-service.js";

describe("the faulty store", () => {
  it("fails the given share of calls, and is a store otherwise", async () => {
    const draws = [0.1, 0.3, 0.29, 0.9];
    const random = () => draws.shift() ?? assert.fail("one draw too many");
    const store = new FaultyTaskStore(memoryStore(1), { rate: 0.3, delayMs: 0 }, random);
    await assert.rejects(store.get("some"), StoreUnavailableError);
    assert.equal(await store.get("some"), undefined);
    await assert.rejects(store.delete("some"), StoreUnavailableError);
    assert.deepEqual(await store.delete("some"), { outcome: "unknown" });
  });

  it("waits up to the given time", async () => {
    const faults = { rate: 0, delayMs: 100 };
    const store = new FaultyTaskStore(memoryStore(1), faults, () => 0.5);
    const start = performance.now();
    await store.get("some");
    const waited = performance.now() - start;
    assert.ok(waited >= 45 && waited < 500, `${waited.toString()} ms`);
  });

  it("leaves the readiness check and the overdue count alone", async () => {
    const store = new FaultyTaskStore(memoryStore(1), { rate: 1, delayMs: 0 });
    await store.ping();
    assert.equal(await store.countOverdue(1), 0);
  });
});
