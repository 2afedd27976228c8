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
  /** Where it takes metrics that are sent by OTLP. @default it takes none */
  readonly otlp?: OtlpReceiver;
  /** Address of docs/runbooks on the web, without a slash at its end. @default alerts name the page only */
  readonly runbookBaseUrl?: string;
  /** Whether long-term storage gets a metric, by its name. @default there is no such storage, or it gets all */
  readonly isWritten?: (metric: string) => boolean;
}

/** Takes metrics that are sent by OTLP, over HTTP. */
export interface OtlpReceiver {
  /** Address that they are posted to. */
  readonly endpoint: pulumi.Input<string>;
  /** Milliseconds from one sending to the next. */
  readonly intervalMilliseconds: number;
}
