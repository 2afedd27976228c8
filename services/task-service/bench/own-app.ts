import { collectDefaultMetrics, Registry } from "@prometheus-io/client";
import express from "express";
import { httpMetrics } from "../src/skeleton/http-metrics.js";
import { serve } from "./serve.js";
import { addTaskRoutes } from "./task-routes.js";

const registry = new Registry();
collectDefaultMetrics({ register: registry });

const app = express();
app.use(httpMetrics({ registry, routes: ["/api/tasks", "/api/tasks/:taskId"] }).middleware);
app.get("/metrics", async (_request, response) => {
  response.set("Content-Type", registry.contentType).send(await registry.metrics());
});
addTaskRoutes(app);
serve(app);
