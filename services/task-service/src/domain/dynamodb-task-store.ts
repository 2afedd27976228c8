import { randomUUID } from "node:crypto";
import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { answered, type Call, versionCondition, wasRetried } from "./dynamodb-call.js";
import type { NewTask, Task } from "./task.js";
import {
  type DeleteResult,
  type PutResult,
  type StoredTask,
  type TaskListing,
  type TaskPage,
  type TaskStore,
} from "./task-store.js";
import {
  statusIndex,
  statusOf,
  type TaskItem,
  taskOfItem,
  userIndex,
  versionOfItem,
} from "./task-table.js";

export interface DynamoDbTaskStoreArgs {
  readonly tableName: string;
  readonly region: string;
  /** @default the region's own endpoint */
  readonly endpoint?: string;
  /** How long one call of the store may take, with all its tries, in milliseconds. */
  readonly timeoutMs: number;
}

/** A third of the whole for each try: one that hangs leaves time for another. */
const tries = 3;

/** Keeps tasks in a DynamoDB table of the layout in `task-table.json`. */
export class DynamoDbTaskStore implements TaskStore {
  private readonly client: DynamoDBDocumentClient;
  private readonly tableName: string;
  private readonly timeoutMs: number;

  constructor({ tableName, region, endpoint, timeoutMs }: DynamoDbTaskStoreArgs) {
    this.tableName = tableName;
    this.timeoutMs = timeoutMs;
    const tryMs = Math.ceil(timeoutMs / tries);
    this.client = DynamoDBDocumentClient.from(
      new DynamoDBClient({
        region,
        ...(endpoint !== undefined && { endpoint }),
        // The SDK waits without end unless told, and only warns unless told to throw.
        requestHandler: {
          connectionTimeout: tryMs,
          requestTimeout: tryMs,
          throwOnRequestTimeout: true,
        },
        maxAttempts: tries,
      }),
    );
  }

  async create({ userName, startAt, title, contents }: NewTask): Promise<StoredTask> {
    const item: TaskItem = {
      task_id: randomUUID(),
      user_name: userName,
      start_at: startAt,
      title,
      contents,
      notified: false,
      status: statusOf(false),
      updated_at: now(),
      version: 1,
    };
    await this.answered((call) =>
      this.client.send(new PutCommand({ TableName: this.tableName, Item: item }), call),
    );
    return { task: taskOfItem(item), version: 1 };
  }

  async put(task: Task, ifVersions?: readonly number[]): Promise<PutResult> {
    const condition = versionCondition(ifVersions);
    const updatedAt = now();
    const command = new UpdateCommand({
      TableName: this.tableName,
      Key: { task_id: task.taskId },
      ConditionExpression: [
        "attribute_exists(task_id)",
        "user_name = :user",
        ...condition.all,
      ].join(" AND "),
      UpdateExpression:
        "SET start_at = :start, title = :title, contents = :contents, notified = :notified, " +
        "#status = :status, updated_at = :now, version = if_not_exists(version, :zero) + :one",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: {
        ":user": task.userName,
        ":start": task.startAt,
        ":title": task.title,
        ":contents": task.contents,
        ":notified": task.notified,
        ":status": statusOf(task.done),
        ":now": updatedAt,
        ":zero": 0,
        ":one": 1,
        ...condition.values,
      },
      ReturnValues: "ALL_OLD",
    });
    return this.answered(async (call) => {
      try {
        const { Attributes } = await this.client.send(command, call);
        const old = Attributes as TaskItem;
        const version = versionOfItem(old) + 1;
        return { outcome: "replaced", version, wasDone: old.status === "DONE" };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const item = await this.item(task.taskId, call);
        if (item === undefined) return { outcome: "unknown" };
        if (item.user_name !== task.userName) return { outcome: "other-user" };
        const version = versionOfItem(item);
        // An earlier try of the same call was stored and its answer lost: the later one then finds
        // the version that it made itself. What the task was before is no longer known.
        if (wasRetried(error) && ifVersions?.includes(version - 1) === true) {
          const written = item.updated_at === updatedAt && isSame(taskOfItem(item), task);
          if (written) return { outcome: "replaced", version, wasDone: task.done };
        }
        return { outcome: "other-version", version };
      }
    });
  }

  async get(taskId: string): Promise<StoredTask | undefined> {
    const item = await this.answered((call) => this.item(taskId, call));
    return item && { task: taskOfItem(item), version: versionOfItem(item) };
  }

  async delete(taskId: string, ifVersions?: readonly number[]): Promise<DeleteResult> {
    const condition = versionCondition(ifVersions);
    const conditional = condition.all.length > 0 && {
      ConditionExpression: ["attribute_exists(task_id)", ...condition.all].join(" AND "),
      ExpressionAttributeValues: condition.values,
    };
    const command = new DeleteCommand({
      TableName: this.tableName,
      Key: { task_id: taskId },
      ReturnValues: "ALL_OLD",
      ...conditional,
    });
    return this.answered(async (call) => {
      try {
        const { Attributes, $metadata } = await this.client.send(command, call);
        // After a lost answer the next try finds nothing: most likely its own work.
        const deleted = Attributes !== undefined || ($metadata.attempts ?? 1) > 1;
        return { outcome: deleted ? "deleted" : "unknown" };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const item = await this.item(taskId, call);
        if (item !== undefined) return { outcome: "other-version", version: versionOfItem(item) };
        return { outcome: wasRetried(error) ? "deleted" : "unknown" };
      }
    });
  }

  async list({ userName, start, end, limit, after }: TaskListing): Promise<TaskPage> {
    const command = new QueryCommand({
      TableName: this.tableName,
      IndexName: userIndex,
      KeyConditionExpression: "user_name = :user AND start_at BETWEEN :start AND :end",
      ExpressionAttributeValues: { ":user": userName, ":start": start, ":end": end },
      // One more than asked: DynamoDB cannot say otherwise whether anything follows.
      Limit: limit + 1,
      ...(after && {
        ExclusiveStartKey: {
          user_name: userName,
          start_at: after.startAt,
          task_id: after.taskId,
        },
      }),
    });
    const { Items = [], LastEvaluatedKey } = await this.answered((call) =>
      this.client.send(command, call),
    );
    const tasks = (Items as TaskItem[]).slice(0, limit).map(taskOfItem);
    const last = tasks.at(-1);
    // A page may also end early, at 1 MB.
    const goesOn = Items.length > limit || LastEvaluatedKey !== undefined;
    if (!goesOn || last === undefined) return { tasks };
    return { tasks, next: { startAt: last.startAt, taskId: last.taskId } };
  }

  /** Reads every item that is not done, page by page: its cost grows with their number. */
  async countOverdue(before: number): Promise<number> {
    let count = 0;
    let startKey: Record<string, unknown> | undefined;
    do {
      const command = new QueryCommand({
        TableName: this.tableName,
        IndexName: statusIndex,
        Select: "COUNT",
        KeyConditionExpression: "#status = :undone",
        FilterExpression: "start_at < :before",
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: { ":undone": statusOf(false), ":before": before },
        ...(startKey && { ExclusiveStartKey: startKey }),
      });
      const page = await this.answered((call) => this.client.send(command, call));
      count += page.Count ?? 0;
      startKey = page.LastEvaluatedKey;
    } while (startKey !== undefined);
    return count;
  }

  /** Asks for an item that does not exist: needs no right beyond those that serving needs. */
  async ping(): Promise<void> {
    await this.answered((call) => this.item("readiness-check", call));
  }

  close(): void {
    this.client.destroy();
  }

  private async item(taskId: string, call: Call): Promise<TaskItem | undefined> {
    const command = new GetCommand({
      TableName: this.tableName,
      Key: { task_id: taskId },
      ConsistentRead: true,
    });
    const { Item } = await this.client.send(command, call);
    return Item as TaskItem | undefined;
  }

  private answered<T>(ask: (call: Call) => Promise<T>): Promise<T> {
    return answered(this.timeoutMs, ask);
  }
}

function isSame(one: Task, other: Task): boolean {
  return (Object.keys(one) as (keyof Task)[]).every((field) => one[field] === other[field]);
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}
