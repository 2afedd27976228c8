import { createRequire } from "node:module";
import express, { type RequestHandler } from "express";
import { serve } from "./serve.js";
import { addTaskRoutes } from "./task-routes.js";

// `import` of prometheus-api-metrics throws under ES modules: it reads module.parent.
// https://github.com/PayU/prometheus-api-metrics/issues/120
const require = createRequire(import.meta.url);
const apiMetrics = require("prometheus-api-metrics") as () => RequestHandler;

const app = express();
app.use(apiMetrics());
addTaskRoutes(app);
serve(app);
