import { createServer } from "node:http";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { createApp } from "../src/app.ts";
import { instrument } from "../src/telemetry.ts";

// The service as it would be if it sent its metrics, to OTEL_EXPORTER_OTLP_METRICS_ENDPOINT.
const reader = new PeriodicExportingMetricReader({
  exporter: new OTLPMetricExporter(),
  exportIntervalMillis: 1000,
  exportTimeoutMillis: 1000,
});
const meter = instrument(reader).getMeter("quote-service");
const server = createServer(
  createApp(meter, (_request, response) => {
    response.writeHead(404).end();
  }),
);
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  console.log(JSON.stringify({ msg: "listening", port }));
});
