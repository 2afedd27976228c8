import { createRequire } from "node:module";
import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { ExpressInstrumentation } from "@opentelemetry/instrumentation-express";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { MeterProvider } from "@opentelemetry/sdk-metrics";

// Metrics only, no traces; without a context manager and the instrumentation of Express there is no
// http_route.
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const reader = new PrometheusExporter({ preventServerStart: true });
registerInstrumentations({
  meterProvider: new MeterProvider({ readers: [reader] }),
  instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation()],
});

// After that, and by `require`, which is what the instrumentation changes.
const require = createRequire(import.meta.url);
const express = require("express") as typeof import("express");
const { serve } = await import("./serve.js");
const { addTaskRoutes } = await import("./task-routes.js");
const app = express();
addTaskRoutes(app);
serve(app);
