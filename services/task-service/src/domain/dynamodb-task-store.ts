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
import type { NewTask, Task } from "./task.js";
import {
  type PutResult,
  type StoredTask,
  StoreUnavailableError,
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
}

/** Keeps tasks in a DynamoDB table of the layout in `task-table.ts`. */
export class DynamoDbTaskStore implements TaskStore {
  private readonly client: DynamoDBDocumentClient;
  private readonly tableName: string;

  constructor({ tableName, region, endpoint }: DynamoDbTaskStoreArgs) {
    this.tableName = tableName;
    this.client = DynamoDBDocumentClient.from(
      new DynamoDBClient({
        region,
        ...(endpoint !== undefined && { endpoint }),
        // The SDK waits without end unless told; a request must not outlive its client's patience.
        requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000 },
        maxAttempts: 3,
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
    await reached(this.client.send(new PutCommand({ TableName: this.tableName, Item: item })));
    return { task: taskOfItem(item), version: 1 };
  }

  async put(task: Task, ifVersion?: number): Promise<PutResult> {
    const condition = ["attribute_exists(task_id)", "user_name = :user"];
    // An item without a version was written by something else, and counts as version 0.
    if (ifVersion === 0) condition.push("attribute_not_exists(version)");
    else if (ifVersion !== undefined) condition.push("version = :ifVersion");
    try {
      const { Attributes } = await this.client.send(
        new UpdateCommand({
          TableName: this.tableName,
          Key: { task_id: task.taskId },
          ConditionExpression: condition.join(" AND "),
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
            ":now": now(),
            ":zero": 0,
            ":one": 1,
            ...(ifVersion !== undefined && ifVersion !== 0 && { ":ifVersion": ifVersion }),
          },
          ReturnValues: "ALL_OLD",
        }),
      );
      const old = Attributes as TaskItem;
      return {
        outcome: "replaced",
        version: versionOfItem(old) + 1,
        wasDone: old.status === "DONE",
      };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return this.refusal(task);
      throw unavailable(error);
    }
  }

  async get(taskId: string): Promise<StoredTask | undefined> {
    const item = await this.item(taskId);
    return item && { task: taskOfItem(item), version: versionOfItem(item) };
  }

  async delete(taskId: string): Promise<boolean> {
    const { Attributes } = await reached(
      this.client.send(
        new DeleteCommand({
          TableName: this.tableName,
          Key: { task_id: taskId },
          ReturnValues: "ALL_OLD",
        }),
      ),
    );
    return Attributes !== undefined;
  }

  async list({ userName, start, end, limit, after }: TaskListing): Promise<TaskPage> {
    const { Items = [], LastEvaluatedKey } = await reached(
      this.client.send(
        new QueryCommand({
          TableName: this.tableName,
          IndexName: userIndex,
          KeyConditionExpression: "user_name = :user AND start_at BETWEEN :start AND :end",
          ExpressionAttributeValues: { ":user": userName, ":start": start, ":end": end },
          Limit: limit,
          ...(after && {
            ExclusiveStartKey: {
              user_name: userName,
              start_at: after.startAt,
              task_id: after.taskId,
            },
          }),
        }),
      ),
    );
    const tasks = (Items as TaskItem[]).map(taskOfItem);
    if (LastEvaluatedKey === undefined) return { tasks };
    const { start_at: startAt, task_id: taskId } = LastEvaluatedKey as TaskItem;
    return { tasks, next: { startAt, taskId } };
  }

  /** Reads every item that is not done, page by page: its cost grows with their number. */
  async countOverdue(before: number): Promise<number> {
    let count = 0;
    let startKey: Record<string, unknown> | undefined;
    do {
      const page = await reached(
        this.client.send(
          new QueryCommand({
            TableName: this.tableName,
            IndexName: statusIndex,
            Select: "COUNT",
            KeyConditionExpression: "#status = :undone",
            FilterExpression: "start_at < :before",
            ExpressionAttributeNames: { "#status": "status" },
            ExpressionAttributeValues: { ":undone": statusOf(false), ":before": before },
            ...(startKey && { ExclusiveStartKey: startKey }),
          }),
        ),
      );
      count += page.Count ?? 0;
      startKey = page.LastEvaluatedKey;
    } while (startKey !== undefined);
    return count;
  }

  /** Asks for an item that does not exist: needs no right beyond those that serving needs. */
  async ping(): Promise<void> {
    await this.item("readiness-check");
  }

  close(): void {
    this.client.destroy();
  }

  private async item(taskId: string): Promise<TaskItem | undefined> {
    const { Item } = await reached(
      this.client.send(
        new GetCommand({
          TableName: this.tableName,
          Key: { task_id: taskId },
          ConsistentRead: true,
        }),
      ),
    );
    return Item as TaskItem | undefined;
  }

  /** Why a conditional write was refused, told from a fresh read of the item. */
  private async refusal({ taskId, userName }: Task): Promise<PutResult> {
    const item = await this.item(taskId);
    if (item === undefined) return { outcome: "unknown" };
    if (item.user_name !== userName) return { outcome: "other-user" };
    return { outcome: "other-version", version: versionOfItem(item) };
  }
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

async function reached<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw unavailable(error);
  }
}

function unavailable(cause: unknown): StoreUnavailableError {
  const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new StoreUnavailableError(`DynamoDB refused or did not answer: ${reason}`, { cause });
}
