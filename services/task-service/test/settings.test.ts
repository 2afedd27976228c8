import assert from "node:assert/strict";
import { settingsFrom } from "../src/skeleton/settings.js";

describe("the settings", () => {
  it("have a default each", () => {
    assert.deepEqual(settingsFrom({}), {
      port: 3000,
      logLevel: "info",
      region: "ap-northeast-1",
      memoryStoreMaxTasks: 10_000,
      drainDelayMs: 5_000,
      drainDeadlineMs: 20_000,
      keepAliveTimeoutMs: 65_000,
      faultRate: 0,
      faultDelayMs: 0,
    });
  });

  it("take an empty variable for an absent one", () => {
    assert.deepEqual(
      settingsFrom({ PORT: "", TASK_TABLE_NAME: "", AWS_REGION: "" }),
      settingsFrom({}),
    );
  });

  it("prefer AWS_REGION to AWS_DEFAULT_REGION", () => {
    assert.equal(settingsFrom({ AWS_DEFAULT_REGION: "eu-west-1" }).region, "eu-west-1");
    const both = { AWS_REGION: "us-east-1", AWS_DEFAULT_REGION: "eu-west-1" };
    assert.equal(settingsFrom(both).region, "us-east-1");
  });

  it("name the table and the endpoint when given", () => {
    const { tableName, endpoint } = settingsFrom({
      TASK_TABLE_NAME: "task-tool-dev-tasks",
      AWS_ENDPOINT: "http://localhost:4566",
    });
    assert.equal(tableName, "task-tool-dev-tasks");
    assert.equal(endpoint, "http://localhost:4566");
  });

  const refused: [environment: Record<string, string>, says: string][] = [
    [{ PORT: "http" }, 'PORT is "http"; it must be a whole number from 0 to 65535.'],
    [{ PORT: "65536" }, 'PORT is "65536"; it must be a whole number from 0 to 65535.'],
    [{ LOG_LEVEL: "loud" }, 'LOG_LEVEL is "loud"; it must be one of trace, debug, info'],
    [{ TASK_TABLE_NAME: "a b" }, 'TASK_TABLE_NAME is "a b"; it must be a table name'],
    [{ AWS_ENDPOINT: "localhost:8000" }, 'AWS_ENDPOINT is "localhost:8000"; it must be an http'],
    [{ MEMORY_STORE_MAX_TASKS: "0" }, "it must be a whole number from 1 to 1000000."],
    [{ DRAIN_DELAY_MS: "-1" }, 'DRAIN_DELAY_MS is "-1"; it must be a whole number'],
    [
      { DRAIN_DELAY_MS: "20000" },
      "DRAIN_DEADLINE_MS is 20000; it must be more than DRAIN_DELAY_MS",
    ],
    [{ KEEP_ALIVE_TIMEOUT_MS: "1.5" }, 'KEEP_ALIVE_TIMEOUT_MS is "1.5"; it must be a whole number'],
    [{ FAULT_RATE: "2" }, 'FAULT_RATE is "2"; it must be a number from 0 to 1.'],
    [
      { FAULT_RATE: "0.1", NODE_ENV: "production" },
      "FAULT_RATE is 0.1 and FAULT_DELAY_MS is 0; with",
    ],
    [{ FAULT_DELAY_MS: "5", NODE_ENV: "production" }, "with NODE_ENV=production both must be 0"],
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
      () => settingsFrom({ PORT: "x", FAULT_RATE: "y" }),
      /PORT is "x".*FAULT_RATE is "y"/,
    );
  });
});
