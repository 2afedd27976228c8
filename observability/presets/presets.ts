import { micrometer } from "./micrometer";
import { nginx } from "./nginx";
import { middleware, prometheusApiMetrics } from "./node";
import { opentelemetryNode, opentelemetryOtlp } from "./opentelemetry";
import type { Preset } from "./preset";

export type PresetName =
  | "middleware"
  | "prometheus-api-metrics"
  | "opentelemetry-otlp"
  | "opentelemetry-node"
  | "micrometer"
  | "nginx";

/** Which is for whom: docs/presets.md. */
export const presets: Readonly<Record<PresetName, Preset>> = {
  middleware,
  "prometheus-api-metrics": prometheusApiMetrics,
  "opentelemetry-otlp": opentelemetryOtlp,
  "opentelemetry-node": opentelemetryNode,
  micrometer,
  nginx,
};
