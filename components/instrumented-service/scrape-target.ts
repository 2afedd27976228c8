import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type MetricsArgs, type OtlpArgs, sampleLimitOf } from "./metrics-args";

/** Where nginx-prometheus-exporter listens unless told otherwise. */
const NGINX_EXPORTER_PORT = 9113;

/**
 * Labels, port and names that pod, Service and ServiceMonitor must have in common. Each takes them
 * from here, so that they cannot differ.
 */
export class ScrapeTarget {
  /** Selects the pods for the Service, and the Service for the ServiceMonitor. */
  readonly selector: Readonly<Record<string, string>>;
  /** Labels of the service's other objects. */
  readonly labels: Readonly<Record<string, string>>;
  /** Name of the container's port and of the Service's; a monitor finds ports by name. */
  readonly portName = "http";
  /** Of the container that has the metrics: the service's own, or its exporter's. */
  readonly metricsPort: { readonly name: string; readonly number: number };

  constructor(
    readonly name: string,
    readonly namespace: pulumi.Input<string>,
    readonly port: number,
    metrics: MetricsArgs = {},
  ) {
    this.metricsPort =
      metrics.preset === "nginx"
        ? { name: "metrics", number: NGINX_EXPORTER_PORT }
        : { name: this.portName, number: port };
    this.selector = { app: name };
    this.labels = {
      ...this.selector,
      "app.kubernetes.io/name": name,
      "app.kubernetes.io/managed-by": "pulumi",
    };
  }

  /** Metadata of the service's one object of a kind. */
  metadata() {
    return { name: this.name, namespace: this.namespace, labels: this.labels };
  }
}

/**
 * Scraped as `serviceMonitor/<namespace>/<name>-monitor/0`; the series' job is the Service's name.
 * @param release what the stack labels its monitors with; waits for the CRDs by being its output
 */
export function createServiceMonitor(
  target: ScrapeTarget,
  metrics: Exclude<MetricsArgs, OtlpArgs>,
  release: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  return new k8s.apiextensions.CustomResource(
    `${target.name}-monitor`,
    {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "ServiceMonitor",
      metadata: {
        name: `${target.name}-monitor`,
        namespace: target.namespace,
        labels: { ...target.labels, release },
      },
      spec: {
        selector: { matchLabels: target.selector },
        sampleLimit: sampleLimitOf(metrics),
        endpoints: [
          {
            port: target.metricsPort.name,
            path: metrics.path ?? "/metrics",
            ...(metrics.interval && { interval: metrics.interval }),
          },
        ],
      },
    },
    opts,
  );
}
