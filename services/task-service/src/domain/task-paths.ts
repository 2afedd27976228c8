import type { Route } from "../skeleton/domain.js";

export const paths = {
  tasks: "/api/tasks",
  task: "/api/tasks/:taskId",
  openapi: "/openapi.json",
} as const;

// Any request to the store may meet one that is down, or a mistake of ours.
const failures = [500, 503] as const;
const badBodies = [400, 413, 415] as const;

/** What each operation answers; the first code is its success. */
export const codes = {
  createTask: [201, ...badBodies, ...failures, 507],
  replaceTask: [200, ...badBodies, 404, 409, 412, ...failures, 507],
  listTasks: [200, 400, ...failures],
  getTask: [200, 304, 400, 404, ...failures],
  deleteTask: [204, 400, 404, 412, ...failures],
  openapi: [200],
} as const satisfies Record<string, Route["codes"]>;
