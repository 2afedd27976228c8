import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { CreatedMetricsStore, MetricsStoreArgs, ServiceAccountName } from "../platform";
import { createPodIdentity } from "./pod-identity";

export interface ManagedPrometheusArgs extends MetricsStoreArgs {
  /** `<project>-<stack>`: the workspace's alias, and the writer's role is `<prefix>-prometheus`. */
  readonly prefix: string;
  readonly clusterName: string;
  /** Prometheus' ServiceAccount. */
  readonly writer: ServiceAccountName;
}

/**
 * A workspace of Amazon Managed Service for Prometheus. Prometheus signs what it writes (SigV4) with the
 * credentials of its Pod Identity, so that nothing has to be kept secret.
 */
export function createManagedPrometheus(
  name: string,
  { prefix, clusterName, writer, mostSeries, retentionDays }: ManagedPrometheusArgs,
  opts: pulumi.CustomResourceOptions,
): CreatedMetricsStore {
  const workspace = new aws.amp.Workspace(name, { alias: prefix }, opts);
  // Only the workspace holds data.
  const unprotected = { ...opts, protect: false };
  const limits = new aws.amp.WorkspaceConfiguration(
    name,
    {
      workspaceId: workspace.id,
      retentionPeriodInDays: retentionDays,
      // An empty set of labels stands for every series.
      limitsPerLabelSets: [{ labelSet: {}, limits: { maxSeries: mostSeries } }],
    },
    unprotected,
  );
  const policy = pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "aps:RemoteWrite", Resource: workspace.arn }],
  });
  const identity = createPodIdentity(
    `${name}-prometheus`,
    { clusterName, roleName: `${prefix}-prometheus`, policy },
    writer,
    unprotected,
  );
  return {
    url: pulumi.interpolate`${workspace.prometheusEndpoint}api/v1/remote_write`,
    authentication: { sigv4: { region: workspace.region } },
    // Nothing is written before the ceiling is there.
    dependsOn: [limits, identity],
  };
}
