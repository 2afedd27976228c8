import assert from "node:assert/strict";
import { TaskTable } from "../../services/task-table";
import type { Recording } from "../../simulation/recorder";
import { childrenOf, find, input, recordProgram } from "../support/simulated";

const TABLE = "aws:dynamodb/table:Table";

const recordTable = (deletionProtection: boolean): Promise<Recording> =>
  recordProgram(() => {
    const { environment, policy } = new TaskTable("t", {
      tableName: "p-s-tasks",
      region: "ap-northeast-1",
      deletionProtection,
    });
    return { environment, policy };
  });

describe("TaskTable", () => {
  it("is one table on demand that can be restored to any second", async () => {
    const recording = await recordTable(false);
    const component = find(recording, "kubernetes-monitoring:eks:TaskTable");
    assert.deepEqual(childrenOf(recording, component), [`${TABLE} t`]);
    const table = find(recording, TABLE);
    assert.equal(input(table, "billingMode"), "PAY_PER_REQUEST");
    assert.equal(input(table, "pointInTimeRecovery.enabled"), true);
    assert.deepEqual(recording.outputs.environment, {
      AWS_REGION: "ap-northeast-1",
      TASK_TABLE_NAME: "p-s-tasks",
    });
  });

  it("has the key and the indexes of the service's layout", async () => {
    const table = find(await recordTable(false), TABLE);
    assert.equal(input(table, "hashKey"), "task_id");
    assert.deepEqual(input(table, "globalSecondaryIndexes"), [
      { name: "user_index", hashKey: "user_name", rangeKey: "start_at", projectionType: "ALL" },
      { name: "status_index", hashKey: "status", rangeKey: "updated_at", projectionType: "ALL" },
    ]);
  });

  it("is protected in Pulumi and in DynamoDB when asked to", async () => {
    for (const deletionProtection of [true, false]) {
      const table = find(await recordTable(deletionProtection), TABLE);
      assert.equal(table.protect, deletionProtection);
      assert.equal(input(table, "deletionProtectionEnabled"), deletionProtection);
    }
  });

  it("grants item calls on the table and queries on its indexes, and nothing else", async () => {
    const recording = await recordTable(false);
    const arn = String(find(recording, TABLE).outputs.arn);
    const policy = JSON.parse(String(recording.outputs.policy)) as { Statement: unknown };
    const items = ["GetItem", "PutItem", "UpdateItem", "DeleteItem"];
    assert.deepEqual(policy.Statement, [
      { Effect: "Allow", Action: items.map((each) => `dynamodb:${each}`), Resource: arn },
      { Effect: "Allow", Action: "dynamodb:Query", Resource: `${arn}/index/*` },
    ]);
  });
});
