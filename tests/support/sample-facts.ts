import { presets } from "../../observability/presets/presets";
import type { ServiceFacts } from "../../observability/service-facts";

/** Facts of an imagined service, for tests of single functions. What is deployed comes from a recording. */
export const sampleFacts: ServiceFacts = {
  name: "shop",
  namespace: "prod",
  preset: "middleware",
  buckets: presets.middleware.buckets,
  slo: { availability: 99.9, latency: { percent: 99, seconds: 0.25 } },
  sampleLimit: 2000,
  memoryLimit: "256Mi",
  runbookBaseUrl: "https://runbooks.example/docs/runbooks",
  grafanaUrl: "https://grafana.example",
};
