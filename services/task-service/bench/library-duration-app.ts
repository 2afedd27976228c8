import { createRequire } from "node:module";
import express, { type RequestHandler } from "express";
import { type Histogram, register } from "prom-client";
import { serve } from "./serve.js";
import { addTaskRoutes } from "./task-routes.js";

// prometheus-api-metrics with its histogram of durations alone: it has no option to leave the two of
// sizes out, so what it observes into them goes nowhere.
const require = createRequire(import.meta.url);
const apiMetrics = require("prometheus-api-metrics") as () => RequestHandler;

const app = express();
app.use(apiMetrics());
for (const name of ["http_request_size_bytes", "http_response_size_bytes"]) {
  const sizes = register.getSingleMetric(name) as Histogram;
  sizes.observe = () => undefined;
}
addTaskRoutes(app);
serve(app);
