import assert from "node:assert/strict";
import { settingsFrom } from "../../src/skeleton/settings.js";

describe("the settings", () => {
  it("have a default each", () => {
    assert.deepEqual(settingsFrom({}), {
      port: 3000,
      logLevel: "info",
      logSample: 0.01,
      logSlowMs: 1_000,
      requestDeadlineMs: 10_000,
      arrivalTimeoutMs: 10_000,
      maxConnections: 500,
      drainDelayMs: 5_000,
      drainDeadlineMs: 20_000,
      keepAliveTimeoutMs: 65_000,
    });
  });

  it("take an empty variable for an absent one", () => {
    assert.deepEqual(settingsFrom({ PORT: "", LOG_SAMPLE: "" }), settingsFrom({}));
  });

  const refused: [environment: Record<string, string>, says: string][] = [
    [{ PORT: "http" }, 'PORT is "http"; it must be a whole number from 0 to 65535.'],
    [{ PORT: "65536" }, 'PORT is "65536"; it must be a whole number from 0 to 65535.'],
    [{ LOG_LEVEL: "loud" }, 'LOG_LEVEL is "loud"; it must be one of trace, debug, info'],
    [{ LOG_SAMPLE: "1.5" }, 'LOG_SAMPLE is "1.5"; it must be a number from 0 to 1.'],
    [{ MAX_CONNECTIONS: "0" }, 'MAX_CONNECTIONS is "0"; it must be a whole number from 1'],
    [{ DRAIN_DELAY_MS: "-1" }, 'DRAIN_DELAY_MS is "-1"; it must be a whole number'],
    [
      { DRAIN_DELAY_MS: "20000" },
      "DRAIN_DEADLINE_MS is 20000; it must be more than DRAIN_DELAY_MS",
    ],
    [{ KEEP_ALIVE_TIMEOUT_MS: "1.5" }, 'KEEP_ALIVE_TIMEOUT_MS is "1.5"; it must be a whole number'],
  ];
  for (const [environment, says] of refused) {
    it(`refuse ${JSON.stringify(environment)}`, () => {
      assert.throws(
        () => settingsFrom(environment),
        ({ message }: Error) => message.includes(says) || assert.fail(`got: ${message}`),
      );
    });
  }

  it("name every variable at fault at once", () => {
    assert.throws(
      () => settingsFrom({ PORT: "x", LOG_SAMPLE: "y" }),
      /PORT is "x".*LOG_SAMPLE is "y"/,
    );
  });
});
