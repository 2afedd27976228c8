import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import type { Task } from "./task.js";

export const userIndex = "user_index";
export const statusIndex = "status_index";

/** An item of the table. Readers of the table other than this service use these names, too. */
export interface TaskItem {
  readonly task_id: string;
  readonly user_name: string;
  /** Unix seconds. */
  readonly start_at: number;
  readonly title: string;
  readonly contents: string;
  readonly notified: boolean;
  readonly status: TaskStatus;
  /** Unix seconds; without it the item would be missing from the status index. */
  readonly updated_at: number;
  /** Absent on items that were written by something other than this service. */
  readonly version?: number;
}

export type TaskStatus = "DONE" | "UNDONE";

/** The layout of the table, for whoever makes it: the tests here, the stack elsewhere. */
export function tableLayout(tableName: string): CreateTableCommandInput {
  return {
    TableName: tableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [
      { AttributeName: "task_id", AttributeType: "S" },
      { AttributeName: "user_name", AttributeType: "S" },
      { AttributeName: "start_at", AttributeType: "N" },
      { AttributeName: "status", AttributeType: "S" },
      { AttributeName: "updated_at", AttributeType: "N" },
    ],
    KeySchema: [{ AttributeName: "task_id", KeyType: "HASH" }],
    GlobalSecondaryIndexes: [
      index(userIndex, "user_name", "start_at"),
      index(statusIndex, "status", "updated_at"),
    ],
  };
}

export function statusOf(done: boolean): TaskStatus {
  return done ? "DONE" : "UNDONE";
}

export function taskOfItem(item: TaskItem): Task {
  return {
    userName: item.user_name,
    startAt: item.start_at,
    taskId: item.task_id,
    title: item.title,
    contents: item.contents,
    notified: item.notified,
    done: item.status === "DONE",
  };
}

/** Items of an older writer count as version 0, so that `If-Match: "0"` works on them. */
export function versionOfItem(item: TaskItem): number {
  return item.version ?? 0;
}

function index(name: string, hashKey: string, rangeKey: string) {
  return {
    IndexName: name,
    KeySchema: [
      { AttributeName: hashKey, KeyType: "HASH" as const },
      { AttributeName: rangeKey, KeyType: "RANGE" as const },
    ],
    Projection: { ProjectionType: "ALL" as const },
  };
}
