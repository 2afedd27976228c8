import type { Express } from "express";
import { Problem } from "./problem.js";
import type { Readiness } from "./readiness.js";
import { systemPaths } from "./system-routes.js";

/** Adds the answers to Kubernetes' three probes. */
export function addHealthRoutes(app: Express, readiness: Readiness): void {
  app.get(systemPaths.startup, (_request, response) => {
    if (!readiness.started) throw new Problem(503, "The service is starting.");
    response.type("text/plain").send("startup OK");
  });

  // Nothing that a restart would not cure belongs here: not the store, not draining.
  app.get(systemPaths.liveness, (_request, response) => {
    response.type("text/plain").send("liveness OK");
  });

  app.get(systemPaths.readiness, (_request, response) => {
    if (readiness.state !== "ready") throw new Problem(503, `Not ready: ${readiness.state}.`);
    response.type("text/plain").send("readiness OK");
  });
}
