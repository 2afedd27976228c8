import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import { Cluster } from "./components/cluster";
import { InstrumentedService } from "./components/instrumented-service";
import { MonitoringStack } from "./components/monitoring-stack";
import { TaskTable } from "./components/task-table";
import { readConfig } from "./config";

const config = readConfig();
const { prefix, project, region, stack, taskService: task } = config;

const tags = { project, stack, "managed-by": "pulumi" };
const awsProvider = new aws.Provider("aws", {
  region: region as aws.Region,
  defaultTags: { tags },
});

const cluster = new Cluster("cluster", config.cluster, { providers: { aws: awsProvider } });
const { clusterName, ingressClassName, storageClassName } = cluster;

const monitoring = new MonitoringStack(
  "monitoring",
  { ...config.monitoring, ingressClassName, storageClassName },
  { provider: cluster.provider },
);

const serviceNamespace = new k8s.core.v1.Namespace(
  "services",
  {
    metadata: {
      name: config.serviceNamespace,
      labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    },
  },
  { provider: cluster.provider },
);

const taskTable =
  task.store === "dynamodb"
    ? new TaskTable(
        "tasks",
        { tableName: `${prefix}-tasks`, deletionProtection: config.deletionProtection },
        { providers: { aws: awsProvider } },
      )
    : undefined;

const taskService = new InstrumentedService(
  "task-service",
  {
    namespace: serviceNamespace.metadata.name,
    image: task.image || {
      context: "./services/task-service",
      repositoryName: `${prefix}/task-service`,
      platform: cluster.imagePlatform,
    },
    release: monitoring.releaseName,
    replicas: task.replicas,
    ...(taskTable && {
      environment: { AWS_REGION: region, TASK_TABLE_NAME: taskTable.tableName },
      identity: { clusterName, roleName: `${prefix}-task-service`, policy: taskTable.policy },
    }),
  },
  { providers: [awsProvider, cluster.provider] },
);

export const grafanaUrl = monitoring.grafanaUrl;
export const grafanaAdminUser = monitoring.grafanaAdminUser;
export const grafanaAdminPassword = monitoring.grafanaAdminPassword;
export { clusterName };
export const kubeconfig = cluster.kubeconfig;
export const kubeconfigCommand = `aws eks update-kubeconfig --region ${region} --name ${clusterName}`;
export const services = { "task-service": { image: taskService.image, url: taskService.url } };
