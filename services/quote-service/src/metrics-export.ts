import type { RequestListener } from "node:http";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { type MetricReader, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";

/** How the metrics leave the process. */
export interface MetricsExport {
  readonly reader: MetricReader;
  /** Answers GET /metrics. */
  readonly answer: RequestListener;
}

/** The default of the specification, in milliseconds. */
const INTERVAL = "60000";

/**
 * OTEL_METRICS_EXPORTER=otlp sends them to OTEL_EXPORTER_OTLP_METRICS_ENDPOINT every OTEL_METRIC_EXPORT_INTERVAL
 * milliseconds; without it they wait for a scrape.
 */
export function metricsExport(environment: NodeJS.ProcessEnv): MetricsExport {
  if (environment.OTEL_METRICS_EXPORTER === "otlp") {
    const interval = Number(environment.OTEL_METRIC_EXPORT_INTERVAL ?? INTERVAL);
    const reader = new PeriodicExportingMetricReader({
      exporter: new OTLPMetricExporter(),
      exportIntervalMillis: interval,
      // No longer than the interval, or the next one begins before it has ended.
      exportTimeoutMillis: Math.min(interval, 10_000),
    });
    return {
      reader,
      answer: (_request, response) => {
        response.writeHead(404).end();
      },
    };
  }
  const exporter = new PrometheusExporter({ preventServerStart: true });
  return {
    reader: exporter,
    answer: (request, response) => {
      exporter.getMetricsRequestHandler(request, response);
    },
  };
}
