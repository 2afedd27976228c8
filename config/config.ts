import * as pulumi from "@pulumi/pulumi";
import type { ClusterArgs } from "../components/cluster/cluster";
import type { MonitoringStackArgs } from "../components/monitoring-stack/monitoring-stack";
import type { TaskServiceArgs } from "../services/task-service";
import { checkCombinations, checkStackName } from "./combinations";
import { Problems } from "./problems";
import { readKeys } from "./reader";
import { readAlerting } from "./receivers";

/** The stack's configuration, read once and validated. Its keys: keys.ts. */
export interface StackConfig {
  /** On everything in AWS that Pulumi makes. */
  readonly tags: Readonly<Record<string, string>>;
  readonly region: string;
  readonly cluster: ClusterArgs;
  readonly monitoring: Omit<MonitoringStackArgs, "platform">;
  readonly serviceNamespace: string;
  readonly taskService: Omit<TaskServiceArgs, "namespace" | "platform" | "watchedBy">;
}

/**
 * Reads the stack's configuration.
 * @throws pulumi.RunError with every problem at once: what the key must be, what was got, and the
 * command that mends it. The CLI prints a RunError without a stack trace.
 */
export function readConfig(): StackConfig {
  const project = pulumi.getProject();
  const stack = pulumi.getStack();
  // ECR takes no capitals.
  const prefix = `${project}-${stack}`.toLowerCase();
  const problems = new Problems();
  checkStackName(project, stack, problems);
  const values = readKeys(project, problems);
  const alerting = readAlerting(values, problems);
  checkCombinations(values, problems);
  problems.throwIfAny(stack);

  const region = values["aws:region"];
  const { kubernetesVersion, deletionProtection, grafanaDomain, taskServiceReplicas, taskStore } =
    values;
  const clusterName = values.clusterName || prefix;
  return {
    tags: { project, stack, "managed-by": "pulumi" },
    region,
    cluster: {
      prefix,
      region,
      clusterName,
      kubernetesVersion,
      availabilityZones: values.availabilityZones,
      vpcCidr: values.vpcCidr,
      natGateways: values.natGateways,
      apiServerCidrs: values.apiServerCidrs,
      adminRoleArns: values.adminRoleArns,
      deletionProtection,
    },
    monitoring: {
      namespace: values.monitoringNamespace,
      ...(values.chart && { chart: values.chart }),
      retentionDays: values.retentionDays,
      retentionSize: values.retentionSize,
      scrapeInterval: values.scrapeInterval,
      replicas: values.prometheusReplicas,
      ...(values.persistence && {
        volumes: {
          prometheus: values.prometheusVolumeGiB,
          alertmanager: values.alertmanagerVolumeGiB,
          grafana: values.grafanaVolumeGiB,
        },
      }),
      grafana: {
        ...(grafanaDomain && {
          https: { domain: grafanaDomain, certificate: values.grafanaCertificateArn },
        }),
        allowedCidrs: values.grafanaAllowedCidrs,
      },
      alerting,
      ...(values.runbookBaseUrl && { runbookBaseUrl: values.runbookBaseUrl }),
      deletionProtection,
    },
    serviceNamespace: values.serviceNamespace,
    taskService: {
      ...(values.taskServiceImage && { image: values.taskServiceImage }),
      // In memory each pod would have tasks of its own.
      replicas: {
        min: taskServiceReplicas,
        max: taskStore === "memory" ? 1 : 5 * taskServiceReplicas,
      },
      ...(taskStore === "dynamodb" && {
        table: { tableName: `${prefix}-tasks`, region, deletionProtection },
      }),
    },
  };
}
