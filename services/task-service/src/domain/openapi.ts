import { z } from "zod";
import { systemCodes, systemPaths } from "../skeleton/system-routes.js";
import { codes, paths } from "./task-paths.js";
import {
  ifMatchPattern,
  listQuerySchema,
  newTaskSchema,
  taskIdSchema,
  taskSchema,
} from "./task.js";

/** The description of the API as OpenAPI 3.1, whose schemas are those that validate requests. */
export function openapi(version: string) {
  return {
    openapi: "3.1.0",
    info: {
      title: "task-service",
      version,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    paths: {
      [openapiPath(paths.tasks)]: { post: createTask, put: replaceTask, get: listTasks },
      [openapiPath(paths.task)]: { get: getTask, delete: deleteTask },
      [paths.openapi]: {
        get: plain(paths.openapi, codes.openapi, "This document", "application/json"),
      },
      ...systemOperations(),
    },
    components: {
      schemas: {
        NewTask: z.toJSONSchema(newTaskSchema, { io: "input" }),
        Task: z.toJSONSchema(taskSchema, { io: "input" }),
        Problem: problemSchema,
      },
    },
  };
}

/** `/api/tasks/:taskId` in the notation of OpenAPI: `/api/tasks/{taskId}`. */
export function openapiPath(path: string): string {
  return path.replaceAll(/:(\w+)/g, "{$1}");
}

const ref = (name: "NewTask" | "Task" | "Problem") => ({ $ref: `#/components/schemas/${name}` });

const problemSchema = {
  type: "object",
  required: ["type", "title", "status", "detail"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        required: ["field", "message"],
        properties: { field: { type: "string" }, message: { type: "string" } },
      },
    },
  },
};

const etagHeader = { ETag: { description: "The task's version", schema: { type: "string" } } };

const ifMatchParameter = {
  name: "If-Match",
  in: "header",
  description: "ETags: only a task that has one of these versions. 412 when it has another.",
  schema: { type: "string", pattern: ifMatchPattern.source },
  example: '"1"',
};

const createTask = {
  operationId: "createTask",
  summary: "Create a task",
  requestBody: jsonBody(ref("NewTask")),
  responses: responses(codes.createTask, {
    description: "Created",
    headers: etagHeader,
    content: json({
      type: "object",
      required: ["taskId"],
      properties: { taskId: { type: "string", format: "uuid" } },
    }),
  }),
};

const replaceTask = {
  operationId: "replaceTask",
  summary: "Replace a task of the same user",
  parameters: [ifMatchParameter],
  requestBody: jsonBody(ref("Task")),
  responses: responses(codes.replaceTask, {
    description: "Replaced",
    headers: etagHeader,
    content: { "text/plain": { schema: { const: "ok" } } },
  }),
};

const listTasks = {
  operationId: "listTasks",
  summary: "List a user's tasks by startAt, 100 at a time",
  parameters: parameters(listQuerySchema, "query", {
    userName: "Whose tasks",
    start: "First startAt, Unix seconds. Default: the start of today in the server's time zone",
    end: "Last startAt, Unix seconds. Default: the end of 2099",
    nextToken: "The Next-Token header of the page before; start and end are then taken from it",
  }),
  responses: responses(codes.listTasks, {
    description: "One page",
    headers: {
      "Next-Token": { description: "Present when more follows", schema: { type: "string" } },
    },
    content: json({ type: "array", items: ref("Task") }),
  }),
};

const taskIdParameter = parameters(taskIdSchema, "path", { taskId: "The task's id" });

const getTask = {
  operationId: "getTask",
  summary: "Get a task",
  parameters: taskIdParameter,
  responses: responses(codes.getTask, {
    description: "The task",
    headers: etagHeader,
    content: json(ref("Task")),
  }),
};

const deleteTask = {
  operationId: "deleteTask",
  summary: "Delete a task",
  parameters: [...taskIdParameter, ifMatchParameter],
  responses: responses(codes.deleteTask, { description: "Deleted" }),
};

function systemOperations() {
  const { startup, liveness, readiness, metrics, metricsJson } = systemPaths;
  return {
    [startup]: { get: plain(startup, systemCodes[startup], "Startup probe", "text/plain") },
    [liveness]: { get: plain(liveness, systemCodes[liveness], "Liveness probe", "text/plain") },
    [readiness]: { get: plain(readiness, systemCodes[readiness], "Readiness probe", "text/plain") },
    [metrics]: { get: plain(metrics, systemCodes[metrics], "Metrics", "text/plain") },
    [metricsJson]: {
      get: plain(metricsJson, systemCodes[metricsJson], "Metrics as JSON", "application/json"),
    },
  };
}

function plain(path: string, codes: readonly number[], summary: string, mediaType: string) {
  return {
    operationId: path.slice(1).replaceAll(/\W(\w)/g, (_, letter: string) => letter.toUpperCase()),
    summary,
    responses: responses(codes, {
      description: "OK",
      content: { [mediaType]: { schema: {} } },
    }),
  };
}

/** The first of the codes is the success; the others are problems, but for 304, which is empty. */
function responses(codes: readonly number[], success: object) {
  const problem = {
    description: "See detail",
    content: { "application/problem+json": { schema: ref("Problem") } },
  };
  const others: Partial<Record<number, object>> = {
    304: { description: "Not modified: If-None-Match names this version" },
  };
  return Object.fromEntries(
    codes.map((code, index) => [
      code.toString(),
      index === 0 ? success : (others[code] ?? problem),
    ]),
  );
}

function parameters(
  schema: z.ZodObject,
  location: "query" | "path",
  descriptions: Record<string, string>,
) {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: "input" });
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: location,
    required: required.includes(name),
    description: descriptions[name],
    schema: property,
  }));
}

function jsonBody(schema: object) {
  return { required: true, content: json(schema) };
}

function json(schema: object) {
  return { "application/json": { schema } };
}
