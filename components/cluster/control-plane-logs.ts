import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as time from "@pulumiverse/time";
import type { LogType } from "./log-types";

/** Logs of the control plane, in CloudWatch. */
export interface ControlPlaneLogsArgs {
  /** Parts whose logs are kept; at least one. */
  readonly types: readonly LogType[];
  /** Days that they are kept: one of the numbers that CloudWatch takes. */
  readonly retentionDays: number;
}

/**
 * "Within a few minutes" logs are delivered (EKS User Guide, "Send control plane logs to CloudWatch Logs"). EKS
 * makes the group anew for one that comes after its end, by a role of its own that no policy here can stop
 * (terraform-aws-modules/terraform-aws-eks#2446).
 */
const DELIVERY = "300s";

/**
 * The group that EKS writes to, made before the cluster and deleted when the last logs must have come: else EKS
 * makes one itself, which keeps everything for ever.
 * @returns the parts, known once the group is there
 */
export function createLogGroup(
  name: string,
  clusterName: string,
  { types, retentionDays }: ControlPlaneLogsArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string[]> {
  const group = new aws.cloudwatch.LogGroup(
    `${name}-logs`,
    { name: `/aws/eks/${clusterName}/cluster`, retentionInDays: retentionDays },
    opts,
  );
  const delivered = new time.Sleep(
    `${name}-log-delivery`,
    { destroyDuration: DELIVERY },
    { ...pulumi.mergeOptions(opts, { protect: false }), dependsOn: [group] },
  );
  return delivered.id.apply(() => [...types]);
}
