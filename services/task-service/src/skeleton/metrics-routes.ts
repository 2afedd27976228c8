import type { Registry } from "@prometheus-io/client";
import type { Express } from "express";
import { paths } from "../domain/routes.js";

/** Adds what Prometheus scrapes, and the same as JSON. */
export function addMetricsRoutes(app: Express, registry: Registry): void {
  app.get(paths.metrics, async (_request, response) => {
    const text = await registry.metrics();
    // Not `send`, which would rewrite the content type; Prometheus 3 fails a scrape over a bad one.
    response.setHeader("Content-Type", registry.contentType);
    response.end(text);
  });

  app.get(paths.metricsJson, async (_request, response) => {
    response.json(await registry.getMetricsAsJSON());
  });
}
