import assert from "node:assert/strict";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { DynamoDbTaskStore } from "../../src/domain/dynamodb-task-store.js";
import { type DynamoDbEmulator, emulatorCredentials, startEmulator } from "./dynamodb-emulator.js";
import { sendJson } from "../running-service.js";
import { kill, type ServiceProcess, startProcess } from "../service-process.js";
import { skip } from "../skip.js";

describe("the DynamoDB table", () => {
  let emulator: DynamoDbEmulator;
  let documents: DynamoDBDocumentClient;
  let store: DynamoDbTaskStore;
  const tableName = "tasks-layout";

  before(async function () {
    const started = await startEmulator();
    if (started === undefined) skip(this, "the DynamoDB emulator dynalite does not load here");
    emulator = started;
    await emulator.createTable(tableName);
    documents = DynamoDBDocumentClient.from(emulator.client);
    store = storeAt(emulator.endpoint, tableName);
  });
  after(async () => {
    await emulator.stop();
    store.close();
  });

  it("holds items with the table's names, and updated_at from the first write", async () => {
    const earliest = Math.floor(Date.now() / 1000);
    const { task } = await store.create(newTask);
    const { updated_at: updatedAt, ...item } = await itemOf(task.taskId);
    assert.ok(typeof updatedAt === "number" && updatedAt >= earliest);
    assert.deepEqual(item, {
      task_id: task.taskId,
      user_name: "alice",
      start_at: 1_700_000_000,
      title: "t",
      contents: "c",
      notified: false,
      status: "UNDONE",
      version: 1,
    });
    await store.put({ ...task, done: true });
    assert.equal((await itemOf(task.taskId)).status, "DONE");
  });

  it("may hold items of an older writer, which have no version", async () => {
    const original = {
      task_id: "old",
      user_name: "alice",
      start_at: 1,
      title: "t",
      contents: "c",
      notified: false,
      status: "UNDONE",
    };
    await documents.send(new PutCommand({ TableName: tableName, Item: original }));
    const stored = await store.get("old");
    assert.equal(stored?.version, 0);
    assert.deepEqual(await store.put(stored.task, [1]), { outcome: "other-version", version: 0 });
    assert.deepEqual(await store.put(stored.task, [0]), {
      outcome: "replaced",
      version: 1,
      wasDone: false,
    });
    assert.deepEqual(await store.put(stored.task, [0]), { outcome: "other-version", version: 1 });
  });

  it("that does not exist is a mistake of the service, not an outage of the store", async () => {
    const wrong = storeAt(emulator.endpoint, "none");
    const put = wrong.put({ ...newTask, taskId: "a", notified: false, done: false });
    for (const answer of [wrong.ping(), wrong.create(newTask), put]) {
      await assert.rejects(answer, { name: "ResourceNotFoundException" });
    }
    wrong.close();
  });

  describe("as the environment gives it", () => {
    let service: ServiceProcess | undefined;
    afterEach(async () => {
      if (service !== undefined) await kill(service);
    });

    it("is where the service keeps its tasks", async () => {
      service = await startProcess({
        environment: {
          ...emulatorCredentials,
          TASK_TABLE_NAME: tableName,
          AWS_ENDPOINT: emulator.endpoint,
        },
      });
      const created = await sendJson(`${service.url}/api/tasks`, "POST", newTask);
      assert.equal(created.status, 201);
      const { taskId } = (await created.json()) as { taskId: string };
      assert.equal((await itemOf(taskId)).user_name, "alice");
      assert.equal((await fetch(`${service.url}/health/readiness`)).status, 200);
    });
  });

  async function itemOf(taskId: string): Promise<Record<string, unknown>> {
    const command = new GetCommand({ TableName: tableName, Key: { task_id: taskId } });
    return (await documents.send(command)).Item ?? assert.fail(`no item ${taskId}`);
  }
});

const newTask = { userName: "alice", title: "t", startAt: 1_700_000_000, contents: "c" };

function storeAt(endpoint: string, tableName: string): DynamoDbTaskStore {
  return new DynamoDbTaskStore({
    tableName,
    region: "ap-northeast-1",
    endpoint,
    timeoutMs: 3_000,
  });
}
