import assert from "node:assert/strict";
import { taskSettingsFrom } from "../../src/domain/task-settings.js";

describe("the settings of tasks", () => {
  it("have a default each", () => {
    assert.deepEqual(taskSettingsFrom({}), {
      region: "ap-northeast-1",
      storeTimeoutMs: 3_000,
      memoryStoreMaxTasks: 10_000,
      memoryStoreMaxBytes: 50_331_648,
      faultRate: 0,
      faultDelayMs: 0,
    });
  });

  it("prefer AWS_REGION to AWS_DEFAULT_REGION", () => {
    assert.equal(taskSettingsFrom({ AWS_DEFAULT_REGION: "eu-west-1" }).region, "eu-west-1");
    const both = { AWS_REGION: "us-east-1", AWS_DEFAULT_REGION: "eu-west-1" };
    assert.equal(taskSettingsFrom(both).region, "us-east-1");
  });

  it("name the table and the endpoint when given", () => {
    const { tableName, endpoint } = taskSettingsFrom({
      TASK_TABLE_NAME: "task-tool-dev-tasks",
      AWS_ENDPOINT: "http://localhost:4566",
    });
    assert.equal(tableName, "task-tool-dev-tasks");
    assert.equal(endpoint, "http://localhost:4566");
  });

  const refused: [environment: Record<string, string>, says: string][] = [
    [{ TASK_TABLE_NAME: "a b" }, 'TASK_TABLE_NAME is "a b"; it must be a table name'],
    [{ AWS_ENDPOINT: "localhost:8000" }, 'AWS_ENDPOINT is "localhost:8000"; it must be an http'],
    [{ MEMORY_STORE_MAX_TASKS: "0" }, "it must be a whole number from 1 to 1000000."],
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
        () => taskSettingsFrom(environment),
        ({ message }: Error) => message.includes(says) || assert.fail(`got: ${message}`),
      );
    });
  }
});
