import { collectDefaultMetrics, Registry } from "@prometheus-io/client";
import express from "express";
import { httpMetrics } from "../src/skeleton/http-metrics.js";
import { serve } from "./serve.js";
import { addTaskRoutes } from "./task-routes.js";

const registry = new Registry();
collectDefaultMetrics({ register: registry });

const app = express();
const routes = [
  { method: "GET", path: "/api/tasks", codes: [200] },
  { method: "POST", path: "/api/tasks", codes: [201, 400] },
  { method: "GET", path: "/api/tasks/:taskId", codes: [200, 404] },
  { method: "DELETE", path: "/api/tasks/:taskId", codes: [204, 404, 500] },
];
app.use(httpMetrics({ registry, routes }).middleware);
app.get("/metrics", async (_request, response) => {
  response.set("Content-Type", registry.contentType).send(await registry.metrics());
});
addTaskRoutes(app);
serve(app);
