import express, { type Express, type Request, type RequestHandler } from "express";
import { decodeToken, encodeToken } from "./list-token.js";
import { parseInput, Problem } from "../skeleton/problem.js";
import { paths } from "./routes.js";
import type { TaskMetrics } from "./task-metrics.js";
import type { TaskListing, TaskStore } from "./task-store.js";
import {
  endOf2099,
  listQuerySchema,
  newTaskSchema,
  startOfDay,
  taskIdSchema,
  taskSchema,
} from "./task.js";

/** A page of a list; the original's limit. */
const pageSize = 100;

/** The largest body in bytes. */
const bodyLimit = 100 * 1024;

/** Adds the task API to an app. */
export function addTaskRoutes(app: Express, store: TaskStore, metrics: TaskMetrics): void {
  // The parser belongs to the route: what it refuses is then counted under the route's label.
  const parseJson = express.json({ limit: bodyLimit });

  app.post(paths.tasks, requireJson, parseJson, async (request, response) => {
    const { task, version } = await store.create(parseInput(newTaskSchema, request.body));
    metrics.taskCreated();
    response.status(201).set("ETag", etag(version)).json({ taskId: task.taskId });
  });

  app.put(paths.tasks, requireJson, parseJson, async (request, response) => {
    const task = parseInput(taskSchema, request.body);
    const result = await store.put(task, ifMatchVersion(request));
    switch (result.outcome) {
      case "unknown":
        throw unknownTask(task.taskId);
      case "other-user":
        throw new Problem(409, `Task ${task.taskId} belongs to another user than userName says.`);
      case "other-version":
        throw new Problem(412, `Task ${task.taskId} has the ETag ${etag(result.version)} now.`);
      case "replaced":
        if (task.done && !result.wasDone) metrics.taskDone();
        response.set("ETag", etag(result.version)).type("text/plain").send("ok");
    }
  });

  app.get(paths.tasks, async (request, response) => {
    const listing = listingOf(request);
    const { tasks, next } = await store.list(listing);
    if (next !== undefined) response.set("Next-Token", encodeToken(listing, next));
    response.json(tasks);
  });

  app.get(paths.task, async (request, response) => {
    const { taskId } = parseInput(taskIdSchema, request.params);
    const stored = await store.get(taskId);
    if (stored === undefined) throw unknownTask(taskId);
    response.set("ETag", etag(stored.version)).json(stored.task);
  });

  app.delete(paths.task, async (request, response) => {
    const { taskId } = parseInput(taskIdSchema, request.params);
    if (!(await store.delete(taskId))) throw unknownTask(taskId);
    response.status(204).end();
  });
}

const requireJson: RequestHandler = (request, _response, next) => {
  if (request.is("json") === false) {
    const got = request.get("Content-Type") ?? "nothing";
    throw new Problem(415, `Content-Type must be application/json; got ${got}.`);
  }
  next();
};

function listingOf(request: Request): TaskListing {
  const query = parseInput(listQuerySchema, request.query);
  const { userName, nextToken } = query;
  if (nextToken !== undefined) {
    const { start, end, startAt, taskId } = decodeToken(nextToken);
    return { userName, start, end, limit: pageSize, after: { startAt, taskId } };
  }
  const start = query.start ?? startOfDay(new Date());
  const end = query.end ?? endOf2099();
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

/** The version that If-Match asks for; undefined when any will do. */
function ifMatchVersion(request: Request): number | undefined {
  const header = request.get("If-Match");
  if (header === undefined || header === "*") return undefined;
  const match = /^"([^"]*)"$/.exec(header);
  if (match === null) {
    throw new Problem(400, `If-Match must be * or one ETag such as "3"; got ${header}.`);
  }
  // An ETag that is none of ours matches no version.
  return /^\d{1,15}$/.test(match[1] ?? "") ? Number(match[1]) : -1;
}

function unknownTask(taskId: string): Problem {
  return new Problem(404, `There is no task ${taskId}.`);
}
