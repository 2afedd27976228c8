import * as pulumi from "@pulumi/pulumi";
import { isLogType } from "../components/cluster/log-types";
import type { NodePoolArgs } from "../components/cluster/node-pool";
import type { KedaArgs } from "../components/keda/keda";
import type { AlertingArgs } from "../components/monitoring-stack/alerting";
import type { MonitoringStackArgs } from "../components/monitoring-stack/monitoring-stack";
import type { OidcLogin } from "../components/monitoring-stack/oidc-login";
import { isControlPlaneTarget } from "../components/platform";
import type { StackCheckArgs } from "../components/stack-check/stack-check";
import type { StackClusterArgs } from "../components/stack-cluster";
import type { QuoteServiceArgs } from "../services/quote-service";
import type { TaskServiceArgs } from "../services/task-service";
import { checkChartValues } from "./chart-values";
import { checkCombinations, checkStackName } from "./combinations";
import { readOidc } from "./grafana-oidc";
import { readNodes } from "./nodes";
import { Problems } from "./problems";
import { readKeys, type Values } from "./reader";
import { readAlerting } from "./receivers";
import { readRemoteWrite } from "./remote-write";
import { stackTags } from "./tags";

/** The stack's configuration, read once and validated. Its keys: keys.ts. */
export interface StackConfig {
  readonly cluster: StackClusterArgs;
  readonly monitoring: Omit<MonitoringStackArgs, "platform" | "watches">;
  readonly serviceNamespace: string;
  /** @default no service is scaled on its requests */
  readonly keda?: Pick<KedaArgs, "namespace" | "chart" | "replicas">;
  readonly services: ServicesConfig;
  /** @default nothing is checked */
  readonly check?: Pick<StackCheckArgs, "image">;
}

type Shared = "namespace" | "platform" | "watchedBy" | "keda";

/** What is not in `services` is absent. */
export interface ServicesConfig {
  readonly taskService?: Omit<TaskServiceArgs, Shared>;
  readonly quoteService?: Omit<QuoteServiceArgs, Shared>;
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
  const values = readKeys(project, problems);
  const alerting = readAlerting(values, problems);
  const oidc = readOidc(values, problems);
  const remoteWrite = readRemoteWrite(values, problems);
  const nodes = readNodes(values, problems);
  checkChartValues(values, problems);
  checkCombinations(values, problems);
  if (values.platform === "eks") checkStackName(project, stack, problems);
  problems.throwIfAny(stack);
  return {
    cluster:
      values.platform === "eks"
        ? eksCluster(values, prefix, stackTags(project, stack), nodes)
        : existingCluster(values),
    monitoring: {
      ...monitoring(values, alerting, oidc),
      externalLabels: { cluster: clusterName(values, prefix), stack },
      remoteWrite,
    },
    serviceNamespace: values.serviceNamespace,
    ...(isScaledOnRequests(values) && { keda: keda(values) }),
    services: {
      ...(values.services.includes("task-service") && { taskService: taskService(values, prefix) }),
      ...(values.services.includes("quote-service") && { quoteService: quoteService(values) }),
    },
    ...(values.stackCheck && { check: imageOf(values.stackCheckImage || undefined) }),
  };
}

const isScaledOnRequests = ({ services, taskServiceRequestsPerSecond }: Values): boolean =>
  services.includes("task-service") && taskServiceRequestsPerSecond !== 0;

const clusterName = ({ platform, ...values }: Values, prefix: string): string =>
  platform === "eks" ? values.clusterName || prefix : values.kubeContext;

function eksCluster(
  values: Values,
  prefix: string,
  tags: Readonly<Record<string, string>>,
  nodes: NodePoolArgs,
): StackClusterArgs {
  return {
    platform: "eks",
    tags,
    ...(Object.keys(values.tags).length > 0 && { userTags: values.tags }),
    nodes,
    prefix,
    region: values["aws:region"],
    clusterName: clusterName(values, prefix),
    kubernetesVersion: values.kubernetesVersion,
    availabilityZones: values.availabilityZones,
    vpcCidr: values.vpcCidr,
    natGateways: values.natGateways,
    apiServerCidrs: values.apiServerCidrs,
    loadBalancerScheme: values.loadBalancerScheme,
    adminRoleArns: values.adminRoleArns,
    controlPlaneMetrics: values.controlPlaneMetrics,
    ...(values.controlPlaneLogs.length > 0 && {
      controlPlaneLogs: {
        types: values.controlPlaneLogs.filter(isLogType),
        retentionDays: Number(values.controlPlaneLogDays),
      },
    }),
    networkPolicies: values.networkPolicies,
    deletionProtection: values.deletionProtection,
    ...(values.budgetUsd !== 0 && {
      budget: { monthlyUsd: values.budgetUsd, email: values.budgetEmail },
    }),
  };
}

function existingCluster(values: Values): StackClusterArgs {
  const { ingressClass, ingressAnnotations, storageClass, imageRegistry, nodeArchitecture } =
    values;
  return {
    platform: "kubeconfig",
    context: values.kubeContext,
    kubernetesVersion: values.kubernetesVersion,
    nodeAddress: values.nodeAddress,
    controlPlaneTargets: values.controlPlaneTargets.filter(isControlPlaneTarget),
    ...(ingressClass && { ingress: { className: ingressClass, annotations: ingressAnnotations } }),
    ...(storageClass && { storageClassName: storageClass }),
    images: { registry: imageRegistry, architecture: nodeArchitecture },
    networkPolicies: values.networkPolicies,
  };
}

function monitoring(
  values: Values,
  alerting: AlertingArgs,
  oidc: OidcLogin | undefined,
): StackConfig["monitoring"] {
  const { grafanaDomain, hostedZone, grafanaNodePort } = values;
  const certificate = values.grafanaCertificateArn || values.grafanaTlsSecret;
  return {
    namespace: values.monitoringNamespace,
    ...(values.chart && { chart: values.chart }),
    values: values.chartValues,
    retentionDays: values.retentionDays,
    retentionSize: values.retentionSize,
    scrapeInterval: values.scrapeInterval,
    replicas: values.prometheusReplicas,
    otlpReceiver: values.otlpReceiver,
    ...(values.persistence && {
      volumes: {
        prometheus: values.prometheusVolumeGiB,
        alertmanager: values.alertmanagerVolumeGiB,
        ...(values.grafanaPersistence && { grafana: values.grafanaVolumeGiB }),
      },
    }),
    grafana: {
      ...(grafanaDomain && {
        https: {
          domain: grafanaDomain,
          ...(certificate && { certificate }),
          ...(hostedZone && { zone: hostedZone }),
        },
      }),
      allowedCidrs: values.grafanaAllowedCidrs,
      ...(grafanaNodePort !== 0 && { nodePort: grafanaNodePort }),
      oidc,
    },
    alerting,
    ...(values.runbookBaseUrl && { runbookBaseUrl: values.runbookBaseUrl }),
    deletionProtection: values.deletionProtection,
  };
}

function keda({
  kedaNamespace,
  kedaChart,
  prometheusReplicas,
}: Values): StackConfig["keda"] & object {
  return {
    namespace: kedaNamespace,
    ...(kedaChart && { chart: kedaChart }),
    // Of more than two none has more to do than the second.
    replicas: Math.min(prometheusReplicas, 2),
  };
}

function quoteService({ serviceImages }: Values): ServicesConfig["quoteService"] & object {
  return { ...imageOf(serviceImages["quote-service"]) };
}

function taskService(values: Values, prefix: string): ServicesConfig["taskService"] & object {
  const { taskServiceReplicas, taskServiceRequestsPerSecond, taskStore, deletionProtection } =
    values;
  return {
    ...imageOf(values.serviceImages["task-service"]),
    // In memory each pod would have tasks of its own.
    replicas: {
      min: taskServiceReplicas,
      max: taskStore === "memory" ? 1 : 5 * taskServiceReplicas,
    },
    requestsPerSecond: taskServiceRequestsPerSecond,
    ...(taskStore === "dynamodb" && {
      table: { tableName: `${prefix}-tasks`, region: values["aws:region"], deletionProtection },
    }),
  };
}

const imageOf = (image: string | undefined): { readonly image?: string } =>
  image === undefined ? {} : { image };
