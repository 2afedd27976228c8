import type { Express } from "express";
import { Problem } from "./problem.js";
import type { Readiness } from "./readiness.js";
import { paths } from "../domain/routes.js";

export interface HealthRoutesArgs {
  readonly readiness: Readiness;
  /** Whether the first check of the store and the first count of overdue tasks are over. */
  readonly started: () => boolean;
}

/** Adds the answers to Kubernetes' three probes. */
export function addHealthRoutes(app: Express, { readiness, started }: HealthRoutesArgs): void {
  app.get(paths.startup, (_request, response) => {
    if (!started()) throw new Problem(503, "The service is starting.");
    response.type("text/plain").send("startup OK");
  });

  // Nothing that a restart would not cure belongs here: not the store, not draining.
  app.get(paths.liveness, (_request, response) => {
    response.type("text/plain").send("liveness OK");
  });

  app.get(paths.readiness, async (_request, response) => {
    const state = await readiness.state();
    if (state !== "ready") throw new Problem(503, `Not ready: ${state}.`);
    response.type("text/plain").send("readiness OK");
  });
}
