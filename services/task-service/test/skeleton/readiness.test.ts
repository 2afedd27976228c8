import assert from "node:assert/strict";
import { pino } from "pino";
import { Readiness } from "../../src/skeleton/readiness.js";
import { startService } from "../running-service.js";
import { until } from "../service-process.js";
import { greeting } from "./greeting-domain.js";

const log = pino({ level: "silent" });

describe("readiness", () => {
  it("begins with the first answer of what the service depends on, and is not liveness", async () => {
    let reachable = false;
    const check = () => (reachable ? Promise.resolve() : Promise.reject(new Error("down")));
    const { url, stop } = await startService({ createDomain: () => greeting({ check }) });
    try {
      const readiness = await fetch(`${url}/health/readiness`);
      assert.equal(readiness.status, 503);
      const { detail } = (await readiness.json()) as { detail: string };
      assert.equal(detail, "Not ready: dependencies not reached yet.");
      assert.equal(await answer("liveness"), "200 liveness OK");
      assert.equal(await answer("startup"), "200 startup OK", "the first check is over");
      reachable = true;
      await until(async () => (await answer("readiness")) === "200 readiness OK");
    } finally {
      await stop();
    }

    async function answer(probe: string): Promise<string> {
      const response = await fetch(`${url}/health/${probe}`);
      return `${response.status.toString()} ${await response.text()}`;
    }
  });

  it("stays when a shared store becomes slow or goes away: nobody would be left to answer", async () => {
    let checks = 0;
    const check = () => {
      checks += 1;
      return checks === 1 ? Promise.resolve() : new Promise<void>(() => undefined);
    };
    const readiness = new Readiness({ check, log, retryMs: 1 });
    await readiness.start();
    assert.equal(readiness.state, "ready");
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(readiness.state, "ready");
    assert.equal(checks, 1, "and nothing asks the store for it");
  });

  it("does not wait for a store that hangs", async () => {
    const check = () => new Promise<void>(() => undefined);
    const readiness = new Readiness({ check, log, timeoutMs: 30, retryMs: 1 });
    assert.equal(readiness.started, false);
    const start = performance.now();
    const checks = readiness.start();
    await until(() => readiness.started);
    assert.ok(performance.now() - start < 1_000);
    assert.equal(readiness.state, "dependencies not reached yet");
    readiness.drain();
    await checks;
  });

  it("logs once that it is not ready, however often it tries", async () => {
    const lines: string[] = [];
    const write = (line: string) => void lines.push(line);
    let checks = 0;
    const check = () =>
      (checks += 1) < 5 ? Promise.reject(new Error("the reason")) : Promise.resolve();
    await new Readiness({ check, log: pino({ base: null }, { write }), retryMs: 1 }).start();
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { msg: string }).msg),
      ["dependencies do not answer: not ready", "dependencies answer: ready"],
    );
    assert.match(lines[0] ?? "", /the reason/);
  });

  it("ends with draining", async () => {
    const readiness = new Readiness({ check: () => Promise.resolve(), log });
    await readiness.start();
    readiness.drain();
    assert.equal(readiness.state, "draining");
  });
});
