import { PERCENTILES_HISTOGRAM } from "../../observability/presets/micrometer";
import { type PresetName, presets } from "../../observability/presets/presets";
import type { Slo } from "../../observability/slo/objectives";

/** What instruments a service, and how its metrics come to Prometheus (docs/presets.md). */
export type MetricsArgs = HistogramArgs | OtlpArgs | MicrometerArgs | NginxArgs;

/** An objective needs metrics that count requests by code; without them there is no `slo`. */
export type ObjectiveArgs =
  | {
      /**
       * What instruments the service, and how its metrics come to Prometheus; with NginxArgs there is no `slo`.
       * @default /metrics of the middleware at the stack's interval, with 10 routes
       */
      readonly metrics?: HistogramArgs | OtlpArgs | MicrometerArgs;
      /** Objectives over 30 days. @default none: no budget, no burn-rate alerts */
      readonly slo?: Slo;
    }
  | {
      readonly metrics: NginxArgs;
      /** nginx tells neither codes nor durations. */
      readonly slo?: never;
    };

interface ScrapeArgs {
  /** Path that answers a scrape. @default "/metrics" */
  readonly path?: string;
  /** Prometheus duration. @default the stack's scrape interval */
  readonly interval?: string;
  /** Samples per scrape beyond which Prometheus refuses the whole scrape. @default from the preset and `routes` */
  readonly sampleLimit?: number;
}

interface RequestArgs extends ScrapeArgs {
  /** Routes that the service answers: pairs of a method and a path. Its sample limit follows. @default 10 */
  readonly routes?: number;
  /** Upper bounds of the histogram of requests, in seconds. @default those of the preset */
  readonly buckets?: readonly number[];
}

/** Metrics whose histogram of requests always has buckets. */
export interface HistogramArgs extends RequestArgs {
  /**
   * The middleware of task-service, the library of that name, or the OpenTelemetry SDK for Node with
   * its Prometheus exporter. @default "middleware"
   */
  readonly preset?: "middleware" | "prometheus-api-metrics" | "opentelemetry-node";
}

/** An OpenTelemetry SDK that sends its metrics to the OTLP receiver of the stack's Prometheus, where it has one. */
export interface OtlpArgs {
  /** Nothing is scraped: the pods send. */
  readonly preset: "opentelemetry-otlp";
  /** Upper bounds of the histogram of requests, in seconds. @default those of the semantic conventions */
  readonly buckets?: readonly number[];
}

/** Spring Boot with micrometer-registry-prometheus. */
export interface MicrometerArgs extends RequestArgs {
  /** Names as Spring Boot's Actuator exports them. */
  readonly preset: "micrometer";
  /**
   * Whether the service has management.metrics.distribution.percentiles-histogram.http.server.requests=true;
   * without it nothing tells how many requests were slow. @default false
   */
  readonly percentilesHistogram?: boolean;
}

/** nginx, whose page stub_status an exporter in the same pod reads. */
export interface NginxArgs extends ScrapeArgs {
  /** Traffic and saturation only. */
  readonly preset: "nginx";
  /** A ready image of nginx-prometheus-exporter that runs as a user other than root. */
  readonly exporterImage: string;
  /** Where nginx answers with stub_status. @default "/stub_status" */
  readonly statusPath?: string;
}

const DEFAULT_ROUTES = 10;

export const presetOf = (metrics: MetricsArgs = {}): PresetName => metrics.preset ?? "middleware";

/** Upper bounds in seconds; none where the service's histogram has no buckets. */
export function bucketsOf(metrics: MetricsArgs = {}): readonly number[] {
  if ("buckets" in metrics) return metrics.buckets;
  if (metrics.preset === "micrometer" && metrics.percentilesHistogram) return PERCENTILES_HISTOGRAM;
  return presets[presetOf(metrics)].buckets;
}

/** The limit that stops a service from flooding Prometheus, and that its own series never reach. */
export function sampleLimitOf(metrics: MetricsArgs = {}): number {
  if ("sampleLimit" in metrics) return metrics.sampleLimit;
  const { fixed, perRoute } = presets[presetOf(metrics)].series;
  const routes = "routes" in metrics ? metrics.routes : DEFAULT_ROUTES;
  return fixed + perRoute * routes;
}
