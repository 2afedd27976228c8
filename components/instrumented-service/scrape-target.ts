import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type MetricSource, metricSources } from "../../observability/metric-source";

/** What instruments a service, and how it is scraped. */
export interface MetricsArgs {
  /** The middleware of task-service, or the library of that name. @default "middleware" */
  readonly source?: MetricSource;
  /** Upper bounds of http_request_duration_seconds, in seconds. @default those of the source */
  readonly buckets?: readonly number[];
  /** Path that answers a scrape. @default "/metrics" */
  readonly path?: string;
  /** Prometheus duration. @default the stack's scrape interval */
  readonly interval?: string;
  /** Routes that the service answers: pairs of a method and a path. Its sample limit follows. @default 10 */
  readonly routes?: number;
  /** Samples per scrape beyond which Prometheus refuses the whole scrape. @default from the source and `routes` */
  readonly sampleLimit?: number;
}

const DEFAULT_ROUTES = 10;

/** The limit that stops a service from flooding Prometheus, and that its own series never reach. */
export function sampleLimitOf(metrics: MetricsArgs = {}): number {
  if (metrics.sampleLimit !== undefined) return metrics.sampleLimit;
  const { fixed, perRoute } = metricSources[metrics.source ?? "middleware"].series;
  return fixed + perRoute * (metrics.routes ?? DEFAULT_ROUTES);
}

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

  constructor(
    readonly name: string,
    readonly namespace: pulumi.Input<string>,
    readonly port: number,
  ) {
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
  metrics: MetricsArgs,
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
            port: target.portName,
            path: metrics.path ?? "/metrics",
            ...(metrics.interval && { interval: metrics.interval }),
          },
        ],
      },
    },
    opts,
  );
}
