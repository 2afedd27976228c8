import assert from "node:assert/strict";
import { StoreUnavailableError } from "../../src/domain/task-store.js";
import { type RunningService, sendJson } from "../running-service.js";
import { memoryStore, startTaskService } from "./task-service.js";

describe("a bad request", () => {
  let service: RunningService;
  let tasks: string;
  const store = memoryStore(2);

  before(async () => {
    service = await startTaskService(store);
    tasks = `${service.url}/api/tasks`;
  });
  afterEach(() => {
    store.close();
  });
  after(() => service.stop());

  it("to replace an unknown task is answered, with 404", async () => {
    await problem(sendJson(tasks, "PUT", task({ taskId: "unknown" })), 404, "no task unknown");
  });

  it("to replace another user's task is 409", async () => {
    const created = await sendJson(tasks, "POST", task());
    const { taskId } = (await created.json()) as { taskId: string };
    await problem(
      sendJson(tasks, "PUT", task({ taskId, userName: "mallory" })),
      409,
      "another user",
    );
  });

  it("with broken JSON is 400", async () => {
    await problem(sendJson(tasks, "POST", '{"userName":'), 400, "not valid JSON");
  });

  it("with a body over 100 KiB is 413", async () => {
    const contents = "x".repeat(100 * 1024);
    await problem(sendJson(tasks, "POST", task({ contents })), 413, "102400 bytes");
  });

  it("with a body that is not JSON is 415", async () => {
    const form = sendJson(tasks, "POST", "a=b", {
      "Content-Type": "application/x-www-form-urlencoded",
    });
    await problem(form, 415, "application/x-www-form-urlencoded");
  });

  it("without a body is 415, and with an empty object names every missing field", async () => {
    await problem(fetch(tasks, { method: "POST" }), 415, "got nothing");
    const empty = await problem(sendJson(tasks, "POST", {}), 400, "userName must be a string");
    assert.deepEqual(
      empty.errors?.map(({ field }) => field),
      ["userName", "title", "startAt", "contents"],
    );
  });

  const invalid: [field: string, value: unknown, says: string][] = [
    ["userName", "", 'userName must be a string of 1 to 128 characters; got ""'],
    ["title", 7, "title must be a string of 1 to 256 characters; got 7"],
    [
      "startAt",
      "tomorrow",
      'startAt must be a whole number of Unix seconds from 0 to 253402300799; got "tomorrow"',
    ],
    ["startAt", 1.5, "got 1.5"],
    ["startAt", -1, "got -1"],
    ["contents", "x".repeat(10_001), "contents must be a string of 0 to 10000 characters"],
    ["taskId", undefined, "taskId must be a string of 1 to 64 characters; got nothing"],
    ["done", "yes", 'done must be true or false; got "yes"'],
  ];
  for (const [field, value, says] of invalid) {
    it(`says what is wrong with ${field} = ${String(value).slice(0, 20)}`, async () => {
      const body = task({ taskId: "some", notified: false, done: false, [field]: value });
      const { errors } = await problem(sendJson(tasks, "PUT", body), 400, says);
      assert.deepEqual(
        errors?.map((error) => error.field),
        [field],
      );
    });
  }

  for (const [query, says] of [
    ["", "userName must be a string of 1 to 128 characters; got nothing"],
    ["userName=a&userName=b", "got an array"],
    [
      "userName=a&start=abc",
      'start must be a whole number of Unix seconds from 0 to 253402300799; got "abc"',
    ],
    ["userName=a&start=", 'got ""'],
    ["userName=a&start=2&end=1", "start must not be after end; got 2 and 1"],
    [
      "userName=a&nextToken=junk",
      'nextToken must be the Next-Token header of an earlier answer, unchanged; got "junk"',
    ],
    [
      "userName=a&nextToken=%2B",
      'nextToken must be the Next-Token header of an earlier answer; got "+"',
    ],
  ] as const) {
    it(`says what is wrong with the list ?${query}`, async () => {
      await problem(fetch(`${tasks}?${query}`), 400, says);
    });
  }

  it("that the full in-memory store cannot take is 507, and says what can be done", async () => {
    await sendJson(tasks, "POST", task());
    await sendJson(tasks, "POST", task());
    await problem(sendJson(tasks, "POST", task()), 507, "MEMORY_STORE_MAX_TASKS");
  });

  it("for an unknown path is 404", async () => {
    await problem(fetch(`${service.url}/.env`), 404, "/.env");
    await problem(fetch(`${service.url}/%zz`), 404, "/%zz");
    await problem(fetch(`${tasks}/%zz`), 400, "%zz");
  });

  it("with a method that the path does not have is 405, and names those it has", async () => {
    const answer = fetch(tasks, { method: "PATCH" });
    await problem(answer, 405, "PATCH");
    assert.equal((await answer).headers.get("Allow"), "POST, PUT, GET, HEAD, OPTIONS");
    const options = await fetch(tasks, { method: "OPTIONS" });
    assert.equal(options.status, 204);
    assert.equal(options.headers.get("Allow"), "POST, PUT, GET, HEAD, OPTIONS");
  });

  it("to replace a version that is gone is 412", async () => {
    const created = await sendJson(tasks, "POST", task());
    const { taskId } = (await created.json()) as { taskId: string };
    const put = sendJson(tasks, "PUT", task({ taskId }), { "If-Match": '"7"' });
    await problem(put, 412, 'ETag "1"');
  });

  for (const tag of ['W/"1"', '"7", "9"', '"not-ours"', '""']) {
    it(`that wants ${tag} is 412 for a task of version 1, to replace it and to delete it`, async () => {
      const taskId = await create();
      const headers = { "If-Match": tag };
      await problem(sendJson(tasks, "PUT", task({ taskId }), headers), 412, 'ETag "1"');
      const remove = fetch(`${tasks}/${taskId}`, { method: "DELETE", headers });
      await problem(remove, 412, 'ETag "1"');
    });
  }

  it("is served when one of several ETags is right", async () => {
    const taskId = await create();
    const headers = { "If-Match": '"7" , "1",W/"2"' };
    assert.equal((await sendJson(tasks, "PUT", task({ taskId }), headers)).status, 200);
  });

  it("with an If-Match that is none, or names too many, is 400", async () => {
    const taskId = await create();
    for (const tag of ["1", '"1" "2"', "*, *", '"1",'.repeat(20) + '"1"']) {
      const headers = { "If-Match": tag };
      await problem(sendJson(tasks, "PUT", task({ taskId }), headers), 400, "1 to 20 ETags");
    }
  });

  // What generated requests have found, each kept as it was found.
  it("with a value 5,000 arrays deep is 400, and not a failure", async () => {
    const deep = "[".repeat(5_000) + "]".repeat(5_000);
    const answer = sendJson(tasks, "POST", `{"userName":${deep}}`);
    await problem(answer, 400, "userName must be a string of 1 to 128 characters; got an array");
    await problem(sendJson(tasks, "POST", deep), 400, "got an array");
  });

  it("that is not UTF-8 is 400, in its body and in its query", async () => {
    const body = Buffer.concat([
      Buffer.from('{"userName":"'),
      Buffer.from([0xff]),
      Buffer.from('"}'),
    ]);
    const headers = { "Content-Type": "application/json" };
    await problem(fetch(tasks, { method: "POST", headers, body }), 400, "not valid UTF-8");
    await problem(fetch(`${tasks}?userName=%ff&start=0`), 400, "not percent-encoded UTF-8");
  });

  it("is answered shortly, however long its headers are", async () => {
    const long = "x".repeat(8_000);
    const typed = sendJson(tasks, "POST", "{}", { "Content-Type": `text/${long}` });
    const matched = sendJson(tasks, "PUT", task({ taskId: "some" }), { "If-Match": long });
    const listed = fetch(`${tasks}?userName=a&nextToken=${long}`);
    for (const answer of [typed, matched, listed]) {
      const text = await (await answer).text();
      assert.ok(text.length < 600, text.slice(0, 700));
    }
  });

  async function create(): Promise<string> {
    const created = await sendJson(tasks, "POST", task());
    return ((await created.json()) as { taskId: string }).taskId;
  }
});

describe("a store that does not answer", () => {
  it("is 503 with Retry-After, and a mistake of the service is 500, neither with its reason", async () => {
    for (const [error, status] of [
      [new StoreUnavailableError("secret host name"), 503],
      [new TypeError("secret host name"), 500],
    ] as const) {
      const store = memoryStore(1);
      store.get = () => Promise.reject(error);
      const service = await startTaskService(store);
      try {
        const answer = fetch(`${service.url}/api/tasks/some`);
        const { detail } = await problem(answer, status, "");
        assert.doesNotMatch(detail, /secret/);
        assert.equal((await answer).headers.get("Retry-After"), status === 503 ? "1" : null);
      } finally {
        await service.stop();
      }
    }
  });
});

interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: { field: string; message: string }[];
}

async function problem(
  answer: Promise<Response>,
  status: number,
  says: string,
): Promise<ProblemBody> {
  const response = await answer;
  assert.equal(response.status, status);
  assert.match(response.headers.get("Content-Type") ?? "", /^application\/problem\+json\b/);
  const body = (await response.clone().json()) as ProblemBody;
  assert.equal(body.status, status);
  assert.ok(body.detail.includes(says), `"${body.detail}" does not say "${says}"`);
  return body;
}

function task(fields: Record<string, unknown> = {}) {
  return {
    userName: "alice",
    title: "t",
    startAt: 1,
    contents: "",
    notified: false,
    done: false,
    ...fields,
  };
}
