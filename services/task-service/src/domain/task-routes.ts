import { isUtf8 } from "node:buffer";
import express, { type Request, type RequestHandler } from "express";
import type { Route } from "../skeleton/domain.js";
import { cut, parseInput, Problem } from "../skeleton/problem.js";
import { decodeToken, encodeToken } from "./list-token.js";
import type { TaskMetrics } from "./task-metrics.js";
import { codes, paths } from "./task-paths.js";
import type { TaskListing, TaskStore } from "./task-store.js";
import {
  endOf2099,
  ifMatchPattern,
  listQuerySchema,
  newTaskSchema,
  startOfDay,
  taskIdSchema,
  taskSchema,
} from "./task.js";

/** Tasks on a page of a list, at most. */
const pageSize = 100;

/** The largest body in bytes. */
const bodyLimit = 100 * 1024;

/** The most versions that one If-Match may name. */
const mostVersions = 20;

/** The task API. */
export function taskRoutes(store: TaskStore, metrics: TaskMetrics): Route[] {
  // The parser belongs to the route: what it refuses comes after the route is known.
  const parseJson = express.json({ limit: bodyLimit, verify: requireUtf8 });
  const jsonBody = [requireJson, parseJson] as const;

  const createTask: RequestHandler = async (request, response) => {
    const { task, version } = await store.create(parseInput(newTaskSchema, request.body));
    metrics.taskCreated();
    response.status(201).set("ETag", etag(version)).json({ taskId: task.taskId });
  };

  const replaceTask: RequestHandler = async (request, response) => {
    const task = parseInput(taskSchema, request.body);
    const result = await store.put(task, ifMatchVersions(request));
    switch (result.outcome) {
      case "unknown":
        throw unknownTask(task.taskId);
      case "other-user":
        throw new Problem(409, `Task ${task.taskId} belongs to another user than userName says.`);
      case "other-version":
        throw otherVersion(task.taskId, result.version);
      case "replaced":
        if (task.done && !result.wasDone) metrics.taskDone();
        response.set("ETag", etag(result.version)).type("text/plain").send("ok");
    }
  };

  const listTasks: RequestHandler = async (request, response) => {
    const listing = listingOf(request);
    const { tasks, next } = await store.list(listing);
    if (next !== undefined) response.set("Next-Token", encodeToken(listing, next));
    // Not `json`, which parses and writes its own content type for each answer.
    response.setHeader("Content-Type", "application/json; charset=utf-8");
    response.send(Buffer.from(JSON.stringify(tasks)));
  };

  const getTask: RequestHandler = async (request, response) => {
    const { taskId } = parseInput(taskIdSchema, request.params);
    const stored = await store.get(taskId);
    if (stored === undefined) throw unknownTask(taskId);
    // Express answers 304 where If-None-Match names this version.
    response.set("ETag", etag(stored.version)).json(stored.task);
  };

  const deleteTask: RequestHandler = async (request, response) => {
    const { taskId } = parseInput(taskIdSchema, request.params);
    const result = await store.delete(taskId, ifMatchVersions(request));
    if (result.outcome === "unknown") throw unknownTask(taskId);
    if (result.outcome === "other-version") throw otherVersion(taskId, result.version);
    response.status(204).end();
  };

  const { tasks, task } = paths;
  return [
    { method: "POST", path: tasks, codes: codes.createTask, handlers: [...jsonBody, createTask] },
    { method: "PUT", path: tasks, codes: codes.replaceTask, handlers: [...jsonBody, replaceTask] },
    { method: "GET", path: tasks, codes: codes.listTasks, handlers: [listTasks] },
    { method: "GET", path: task, codes: codes.getTask, handlers: [getTask] },
    { method: "DELETE", path: task, codes: codes.deleteTask, handlers: [deleteTask] },
  ];
}

const requireJson: RequestHandler = (request, _response, next) => {
  if (request.is("json") === false) {
    const got = cut(request.get("Content-Type") ?? "nothing");
    throw new Problem(415, `Content-Type must be application/json; got ${got}.`);
  }
  next();
};

/** JSON is UTF-8 (RFC 8259, section 8.1); Express would put U+FFFD where it is not. */
function requireUtf8(_request: unknown, _response: unknown, body: Buffer): void {
  if (!isUtf8(body)) throw new Problem(400, "The body is not valid UTF-8.");
}

function listingOf(request: Request): TaskListing {
  const query = parseInput(listQuerySchema, request.query);
  const { userName, nextToken } = query;
  if (nextToken !== undefined) {
    const { start, end, startAt, taskId } = decodeToken(nextToken);
    return { userName, start, end, limit: pageSize, after: { startAt, taskId } };
  }
  const start = query.start ?? startOfDay(new Date());
  const end = query.end ?? endOf2099;
  if (start > end) {
    throw new Problem(
      400,
      `start must not be after end; got ${start.toString()} and ${end.toString()}.`,
    );
  }
  return { userName, start, end, limit: pageSize };
}

function etag(version: number): string {
  return `"${version.toString()}"`;
}

/**
 * The versions of which If-Match wants one; undefined when any will do. A weak tag (`W/"3"`) equals
 * none, as RFC 9110 has it (section 13.1.1), and neither does a tag that is none of ours.
 */
function ifMatchVersions(request: Request): number[] | undefined {
  const header = request.get("If-Match")?.trim();
  if (header === undefined || header === "*") return undefined;
  if (!ifMatchPattern.test(header)) {
    throw new Problem(
      400,
      `If-Match must be * or 1 to ${mostVersions.toString()} ETags such as "3"; got ${cut(header)}.`,
    );
  }
  const versions = header.split(",").flatMap((tag) => {
    const [, version] = /^"(0|[1-9]\d{0,14})"$/.exec(tag.trim()) ?? [];
    return version === undefined ? [] : [Number(version)];
  });
  return versions.length > 0 ? versions : [noVersion];
}

/** What no task has. */
const noVersion = -1;

function unknownTask(taskId: string): Problem {
  return new Problem(404, `There is no task ${taskId}.`);
}

function otherVersion(taskId: string, version: number): Problem {
  return new Problem(412, `Task ${taskId} has the ETag ${etag(version)} now.`);
}
