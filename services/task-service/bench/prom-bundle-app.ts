import express from "express";
import promBundle from "express-prom-bundle";
import { httpDurationBuckets } from "../src/skeleton/http-metrics.js";
import { serve } from "./serve.js";
import { addTaskRoutes } from "./task-routes.js";

const app = express();
app.use(
  promBundle({
    includeMethod: true,
    includePath: true,
    buckets: [...httpDurationBuckets],
    promClient: { collectDefaultMetrics: {} },
  }),
);
addTaskRoutes(app);
serve(app);
