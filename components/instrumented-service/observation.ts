import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { serviceRules } from "../../observability/alerts/service-rules";
import { serviceDashboard } from "../../observability/dashboards/service-dashboard";
import type { OwnMetrics } from "../../observability/own-metrics";
import { requestRate } from "../../observability/request-rate";
import { aliveSeries, type ServiceFacts } from "../../observability/service-facts";
import { writtenOfService } from "../../observability/written-metrics";
import { retentionProblem } from "../../observability/slo/objectives";
import type { Watcher } from "../watcher";
import type { ScalingArgs } from "./autoscaling";
import { bucketsOf, type ObjectiveArgs, presetOf, sampleLimitOf } from "./metrics-args";
import type { ScrapeTarget } from "./scrape-target";

/** Objectives, metrics and the service's own panels and alerts. */
export type ObservationArgs = ObjectiveArgs & {
  /** Panels, alerts and recording rules for metrics that only this service has. @default none */
  readonly own?: OwnMetrics;
};

/** Everything but the namespace and Grafana's address, which are known when other resources are there. */
export type EarlyFacts = Omit<ServiceFacts, "namespace" | "grafanaUrl">;

/**
 * The service's dashboard and rules, checked before anything is made.
 * @throws pulumi.RunError where retention is shorter than the objectives' 30 days
 * @throws Error where an objective is wrong, the metrics cannot tell whether it is kept, or long-term
 * storage does not get them
 */
export function serviceFacts(
  target: ScrapeTarget,
  args: ObservationArgs & ScalingArgs,
  watcher: Watcher,
  memoryLimit: string,
): EarlyFacts {
  const problem = args.slo && retentionProblem(watcher.retentionDays);
  if (problem) throw new pulumi.RunError(`${target.name}: ${problem}`);
  checkWritten(target, args, watcher);
  const facts = {
    name: target.name,
    preset: presetOf(args.metrics),
    buckets: bucketsOf(args.metrics),
    sampleLimit: sampleLimitOf(args.metrics),
    memoryLimit,
    ...(args.autoscale && { scaledOnRequests: true as const }),
    ...(watcher.runbookBaseUrl !== undefined && { runbookBaseUrl: watcher.runbookBaseUrl }),
    ...(args.slo && { slo: args.slo }),
    ...(args.own && { own: args.own }),
  };
  // A wrong objective is told now, not when the namespace and the address are known.
  serviceRules({ ...facts, namespace: "", grafanaUrl: "" });
  return facts;
}

/** Its dashboard would have gaps in long-term storage, of which nobody hears until they look for old data. */
function checkWritten(
  target: ScrapeTarget,
  { metrics, own, autoscale }: ObservationArgs & ScalingArgs,
  { isWritten }: Watcher,
): void {
  if (!isWritten) return;
  const watched = {
    preset: presetOf(metrics),
    ...(own && { own }),
    scaledOnRequests: autoscale !== undefined,
  };
  const lost = writtenOfService(watched).filter((metric) => !isWritten(metric));
  if (lost.length === 0) return;
  throw new Error(
    `${target.name}: every metric that its dashboard and rules read must go to long-term storage; got none of ${lost.join(", ")}. ` +
      "Fix: give the MonitoringStack the service's preset, own metrics and whether it is scaled on requests in `watches` (index.ts).",
  );
}

/** As a rule of the service would select them. */
export const aliveSeriesOf = (target: ScrapeTarget, facts: EarlyFacts): pulumi.Output<string> =>
  pulumi
    .output(target.namespace)
    .apply((namespace) => aliveSeries({ ...facts, namespace, grafanaUrl: "" }));

/** What its autoscaler asks Prometheus. */
export const requestRateOf = (target: ScrapeTarget, facts: EarlyFacts): pulumi.Output<string> =>
  pulumi
    .output(target.namespace)
    .apply((namespace) => requestRate({ ...facts, namespace, grafanaUrl: "" }));

/** A ConfigMap that Grafana's sidecar puts into a folder of the service's name. */
export function createDashboard(
  target: ScrapeTarget,
  facts: EarlyFacts,
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.ConfigMap {
  const dashboard = pulumi.output(target.namespace).apply((namespace) =>
    // Nothing on the dashboard needs Grafana's own address: its links are relative.
    JSON.stringify(serviceDashboard({ ...facts, namespace, grafanaUrl: "" })),
  );
  return new k8s.core.v1.ConfigMap(
    `${target.name}-dashboard`,
    {
      metadata: {
        name: `${target.name}-dashboard`,
        namespace: target.namespace,
        labels: { ...target.labels, grafana_dashboard: "1" },
        annotations: { grafana_folder: target.name },
      },
      data: { [`${target.name}.json`]: dashboard },
    },
    opts,
  );
}

/** Recording rules and alerts. Alerts link to the dashboard, so only the rules wait for Grafana's address. */
export function createRules(
  target: ScrapeTarget,
  facts: EarlyFacts,
  watcher: Watcher,
  opts: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  return new k8s.apiextensions.CustomResource(
    `${target.name}-rules`,
    {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PrometheusRule",
      metadata: {
        name: `${target.name}-rules`,
        namespace: target.namespace,
        labels: { ...target.labels, release: watcher.releaseName },
      },
      spec: pulumi
        .all([target.namespace, watcher.grafanaUrl])
        .apply(([namespace, grafanaUrl]) => serviceRules({ ...facts, namespace, grafanaUrl })),
    },
    opts,
  );
}
