import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import type { Task } from "./task.js";
import layout from "./task-table.json" with { type: "json" };

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

/** The table of `task-table.json`, which the stack reads too, as DynamoDB is asked to create it. */
export function tableLayout(tableName: string): CreateTableCommandInput {
  return {
    TableName: tableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: layout.attributes.map(({ name, type }) => ({
      AttributeName: name,
      AttributeType: type as "S" | "N",
    })),
    KeySchema: [{ AttributeName: layout.key.hash, KeyType: "HASH" }],
    GlobalSecondaryIndexes: layout.indexes.map(({ name, hash, range }) => ({
      IndexName: name,
      KeySchema: [
        { AttributeName: hash, KeyType: "HASH" },
        { AttributeName: range, KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "ALL" },
    })),
  };
}

/** The index that is keyed by the given attribute. */
function indexOn(hash: string): string {
  const index = layout.indexes.find((candidate) => candidate.hash === hash);
  if (index === undefined) throw new Error(`task-table.json has no index on ${hash}`);
  return index.name;
}

export const userIndex = indexOn("user_name");
export const statusIndex = indexOn("status");

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
