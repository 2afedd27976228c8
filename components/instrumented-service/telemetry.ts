import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { CONTAINER_SECURITY } from "../container-security";
import type { Watcher } from "../watcher";
import type { MetricsArgs, NginxArgs } from "./metrics-args";
import type { ScrapeTarget } from "./scrape-target";

/** What the pods need for their metrics, beside the service itself. */
export interface Telemetry {
  /** Of the service's container. What the user sets under the same name comes later, and counts. */
  readonly environment: k8s.types.input.core.v1.EnvVar[];
  readonly containers: k8s.types.input.core.v1.Container[];
}

export function telemetryOf(
  target: ScrapeTarget,
  metrics: MetricsArgs = {},
  watcher: Watcher,
): Telemetry {
  const sends = metrics.preset === "opentelemetry-otlp";
  return {
    environment: sends ? [...resourceAttributes(target), ...exporter(watcher)] : [],
    containers: metrics.preset === "nginx" ? [nginxExporter(target, metrics)] : [],
  };
}

/** Who sends the metrics, in the words that the preset's labels are made of. */
function resourceAttributes({ name, namespace }: ScrapeTarget): Telemetry["environment"] {
  return [
    { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    { name: "OTEL_SERVICE_NAME", value: name },
    {
      name: "OTEL_RESOURCE_ATTRIBUTES",
      // Kubernetes puts the pod's name in.
      value: pulumi.interpolate`service.instance.id=$(POD_NAME),k8s.pod.name=$(POD_NAME),k8s.namespace.name=${namespace}`,
    },
  ];
}

/** Where an SDK sends its metrics, in the variables that every SDK of OpenTelemetry knows. */
function exporter({ otlp }: Watcher): Telemetry["environment"] {
  if (!otlp) return [];
  return [
    { name: "OTEL_METRICS_EXPORTER", value: "otlp" },
    { name: "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", value: otlp.endpoint },
    { name: "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", value: "http/protobuf" },
    { name: "OTEL_METRIC_EXPORT_INTERVAL", value: String(otlp.intervalMilliseconds) },
  ];
}

function nginxExporter(
  { port, metricsPort }: ScrapeTarget,
  { exporterImage, statusPath = "/stub_status" }: NginxArgs,
): k8s.types.input.core.v1.Container {
  return {
    name: "exporter",
    image: exporterImage,
    args: [`--nginx.scrape-uri=http://127.0.0.1:${port}${statusPath}`],
    ports: [{ name: metricsPort.name, containerPort: metricsPort.number }],
    resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "64Mi" } },
    securityContext: CONTAINER_SECURITY,
  };
}
