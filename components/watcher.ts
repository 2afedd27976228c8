import type * as pulumi from "@pulumi/pulumi";

/** What a service has to know of the stack that watches it; a MonitoringStack is one. */
export interface Watcher {
  /** Label `release` of monitors and rules. Resolves when the operator's CRDs and webhooks are there. */
  readonly releaseName: pulumi.Input<string>;
  /** Namespace of the Prometheus that scrapes it. */
  readonly namespace: pulumi.Input<string>;
  /** Where pods of the cluster ask it, without a slash at its end. */
  readonly prometheusUrl: pulumi.Input<string>;
  /** Resolves when Grafana has its address. */
  readonly grafanaUrl: pulumi.Input<string>;
  /** Days that samples are kept. */
  readonly retentionDays: number;
  /** Address of docs/runbooks on the web, without a slash at its end. @default alerts name the page only */
  readonly runbookBaseUrl?: string;
}
