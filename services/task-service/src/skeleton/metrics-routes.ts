import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { Registry } from "@prometheus-io/client";
import type { Express } from "express";
import { systemPaths } from "./system-routes.js";

const compressed = promisify(gzip);

/**
 * Adds what Prometheus scrapes, and the same as JSON. A scraper that accepts OpenMetrics gets it,
 * with exemplars; one that accepts gzip gets that.
 */
export function addMetricsRoutes(app: Express, registry: Registry): void {
  app.get(systemPaths.metrics, async (request, response) => {
    const accepted = request.get("Accept") ?? "";
    const source = accepted.includes("application/openmetrics-text")
      ? openMetrics(registry)
      : registry;
    const text = await source.metrics();
    // Not `send`, which would rewrite the content type; Prometheus 3 fails a scrape over a bad one.
    response.setHeader("Content-Type", source.contentType);
    response.setHeader("Vary", "Accept, Accept-Encoding");
    if (request.acceptsEncodings("gzip") === false) {
      response.end(text);
      return;
    }
    response.setHeader("Content-Encoding", "gzip");
    response.end(await compressed(text, { level: 1 }));
  });

  app.get(systemPaths.metricsJson, async (_request, response) => {
    response.json(await registry.getMetricsAsJSON());
  });
}

/**
 * The same metrics in OpenMetrics. Each stands there as an object of its own that inherits from the
 * metric: to write that format the client takes `_total` off a counter's name, and would leave it
 * off in the plain format.
 * https://github.com/prometheus/client_js/blob/main/lib/registry.js
 */
function openMetrics(registry: Registry): Registry {
  const view = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const { name } of registry.getMetricsAsArray()) {
    const metric = registry.getSingleMetric(name);
    if (metric !== undefined) view.registerMetric(Object.create(metric) as typeof metric);
  }
  return view;
}
