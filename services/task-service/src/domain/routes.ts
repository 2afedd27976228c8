import type { KnownSeries } from "../skeleton/http-metrics.js";

/** The paths of the service, as Express takes them and as the `route` label shows them. */
export const paths = {
  tasks: "/api/tasks",
  task: "/api/tasks/:taskId",
  openapi: "/openapi.json",
  startup: "/health/startup",
  liveness: "/health/liveness",
  readiness: "/health/readiness",
  metrics: "/metrics",
  metricsJson: "/metrics.json",
} as const;

// Any request to the API may meet a store that is down, or a mistake of ours.
const failures = [500, 503];
const badBodies = [400, 413, 415];

/** Every route with the codes it answers with. Their series start at 0. */
export const knownSeries: readonly KnownSeries[] = [
  { method: "POST", route: paths.tasks, codes: [201, ...badBodies, ...failures, 507] },
  { method: "PUT", route: paths.tasks, codes: [200, ...badBodies, 404, 409, 412, ...failures] },
  { method: "GET", route: paths.tasks, codes: [200, 400, ...failures] },
  { method: "GET", route: paths.task, codes: [200, 400, 404, ...failures] },
  { method: "DELETE", route: paths.task, codes: [204, 400, 404, ...failures] },
  { method: "GET", route: paths.openapi, codes: [200] },
  { method: "GET", route: paths.startup, codes: [200, 503] },
  { method: "GET", route: paths.liveness, codes: [200] },
  { method: "GET", route: paths.readiness, codes: [200, 503] },
  { method: "GET", route: paths.metrics, codes: [200, 500] },
  { method: "GET", route: paths.metricsJson, codes: [200, 500] },
];
