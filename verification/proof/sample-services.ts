import type { ServiceFacts } from "../../observability/service-facts";
import {
  DEFAULT_BUCKETS,
  PROMETHEUS_API_METRICS_BUCKETS,
} from "../../observability/slo/objectives";
import { taskMetrics } from "../../services/task-metrics";

const links = {
  runbookBaseUrl: "https://runbooks.example/docs/runbooks",
  grafanaUrl: "https://grafana.example",
};

/** task-service as the program deploys it. */
export const taskService: ServiceFacts = {
  name: "task-service",
  namespace: "prod",
  metricSource: "middleware",
  buckets: DEFAULT_BUCKETS,
  slo: { availability: 99.9, latency: { percent: 99, seconds: 0.25 } },
  sampleLimit: 2000,
  memoryLimit: "256Mi",
  own: taskMetrics,
  ...links,
};

/** A service that somebody instrumented with the library of the tutorial. */
export const libraryService: ServiceFacts = {
  name: "library-service",
  namespace: "prod",
  metricSource: "prometheus-api-metrics",
  buckets: PROMETHEUS_API_METRICS_BUCKETS,
  slo: { availability: 99.9, latency: { percent: 99, seconds: 0.2 } },
  sampleLimit: 2000,
  memoryLimit: "256Mi",
  ...links,
};
