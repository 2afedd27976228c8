import { collectDefaultMetrics, Histogram, Registry } from "@prometheus-io/client";
import express from "express";
import { httpDurationBuckets } from "../src/skeleton/http-metrics.js";
import { serve } from "./serve.js";
import { addTaskRoutes } from "./task-routes.js";

// The few lines that one writes first, on the same client.
const registry = new Registry();
collectDefaultMetrics({ register: registry });
const durations = new Histogram({
  name: "http_request_duration_seconds",
  help: "Duration of HTTP requests in seconds",
  labelNames: ["method", "route", "code"],
  buckets: [...httpDurationBuckets],
  registers: [registry],
});

const app = express();
app.use((request, response, next) => {
  const end = durations.startTimer();
  response.on("finish", () => {
    const { path = "unmatched" } = (request.route ?? {}) as { path?: string };
    end({ method: request.method, route: path, code: response.statusCode });
  });
  next();
});
addTaskRoutes(app);
serve(app);
