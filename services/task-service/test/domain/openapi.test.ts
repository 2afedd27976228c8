import assert from "node:assert/strict";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { openapi, openapiPath } from "../../src/domain/openapi.js";
import { pino } from "pino";
import { Registry } from "@prometheus-io/client";
import { taskDomain } from "../../src/domain/domain.js";
import { paths } from "../../src/domain/task-paths.js";
import type { Route } from "../../src/skeleton/domain.js";
import { systemCodes, systemPaths } from "../../src/skeleton/system-routes.js";
import { type RunningService, sendJson } from "../running-service.js";
import { memoryStore, startTaskService } from "./task-service.js";

interface Operation {
  readonly operationId: string;
  readonly responses: Record<string, { content?: Record<string, { schema: object }> }>;
}

describe("the OpenAPI document", () => {
  let service: RunningService;
  let served: ReturnType<typeof openapi>;
  let operations: Map<string, Operation>;

  before(async () => {
    service = await startTaskService();
    served = (await (await fetch(`${service.url}/openapi.json`)).json()) as typeof served;
    operations = new Map(
      Object.entries(served.paths).flatMap(([path, methods]) =>
        Object.entries(methods as Record<string, Operation>).map(
          ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
        ),
      ),
    );
  });
  after(() => service.stop());

  it("is valid OpenAPI 3.1", async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(served));
    assert.ok(valid, JSON.stringify(errors));
    assert.equal(served.openapi, "3.1.0");
    assert.equal(served.info.version, "1.2.3");
  });

  it("describes exactly the routes that the app has, with exactly the codes they are measured with", () => {
    const routes = [...domainRoutes(), ...systemRoutes()];
    const known = routes.map(({ method, path }) => `${method} ${openapiPath(path)}`);
    assert.deepEqual([...operations.keys()].sort(), known.sort());
    for (const { method, path, codes } of routes) {
      const { responses } = operations.get(`${method} ${openapiPath(path)}`) ?? { responses: {} };
      assert.deepEqual(Object.keys(responses).map(Number).sort(), [...codes].sort(), path);
    }
  });

  it("tells the truth about the answers", async () => {
    const tasks = `${service.url}/api/tasks`;
    const task = { userName: "alice", title: "t", startAt: 1, contents: "" };
    const created = await answers("POST /api/tasks", sendJson(tasks, "POST", task), 201);
    const { taskId } = created as { taskId: string };
    await answers("POST /api/tasks", sendJson(tasks, "POST", {}), 400);
    await answers("GET /api/tasks", fetch(`${tasks}?userName=alice&start=0`), 200);
    await answers("GET /api/tasks/{taskId}", fetch(`${tasks}/${taskId}`), 200);
    await answers("GET /api/tasks/{taskId}", fetch(`${tasks}/unknown`), 404);
    const put = sendJson(tasks, "PUT", { ...task, taskId, notified: true, done: true });
    await answers("PUT /api/tasks", put, 200);
    await answers(
      "GET /api/tasks/{taskId}",
      fetch(`${tasks}/${taskId}`, {
        headers: { "If-None-Match": '"2"', "Cache-Control": "max-age=0" },
      }),
      304,
    );
    await answers(
      "DELETE /api/tasks/{taskId}",
      fetch(`${tasks}/${taskId}`, { method: "DELETE", headers: { "If-Match": '"7"' } }),
      412,
    );
    await answers(
      "DELETE /api/tasks/{taskId}",
      fetch(`${tasks}/${taskId}`, { method: "DELETE" }),
      204,
    );
    for (const path of [paths.openapi, ...Object.values(systemPaths)]) {
      await answers(`GET ${path}`, fetch(service.url + path), 200);
    }
  });

  /** Checks an answer's media type and body against what the document says of it. */
  async function answers(
    operation: string,
    answer: Promise<Response>,
    status: number,
  ): Promise<unknown> {
    const response = await answer;
    assert.equal(response.status, status, operation);
    const described = operations.get(operation)?.responses[status.toString()];
    assert.ok(described !== undefined, `${operation} ${status.toString()} is not described`);
    const text = await response.text();
    if (described.content === undefined) {
      assert.equal(text, "", `${operation} has no body`);
      return undefined;
    }
    const [mediaType] = (response.headers.get("Content-Type") ?? "").split(";");
    const { schema } =
      described.content[mediaType ?? ""] ?? assert.fail(`${operation}: ${mediaType ?? ""}`);
    const body: unknown = mediaType?.endsWith("json") === true ? JSON.parse(text) : text;
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    ajv.addSchema({ $id: "/", components: served.components });
    const matches = ajv.compile(
      JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"/#/')) as object,
    );
    assert.ok(matches(body), `${operation}: ${JSON.stringify(matches.errors)}`);
    return body;
  }
});

function domainRoutes(): readonly Route[] {
  const log = pino({ level: "silent" });
  const args = { store: memoryStore(), registry: new Registry(), log, version: "1.2.3" };
  return taskDomain(args).routes;
}

function systemRoutes() {
  return Object.entries(systemCodes).map(([path, codes]) => ({ method: "GET", path, codes }));
}
