import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import { Cluster } from "./components/cluster/cluster";
import { InstrumentedService } from "./components/instrumented-service/instrumented-service";
import { MonitoringStack } from "./components/monitoring-stack/monitoring-stack";
import { taskMetrics } from "./services/task-metrics";
import { TaskTable } from "./services/task-table";
import { readConfig } from "./config/config";

const config = readConfig();
const { prefix, region, taskService: task } = config;
const awsProvider = new aws.Provider("aws", {
  region: region as aws.Region,
  defaultTags: { tags: config.tags },
});

const cluster = new Cluster("cluster", config.cluster, { providers: { aws: awsProvider } });
const { clusterName, ingressClassName, storageClassName, imagePlatform: platform } = cluster;
const providers = [awsProvider, cluster.provider];

const monitoring = new MonitoringStack(
  "monitoring",
  { ...config.monitoring, ingressClassName, storageClassName },
  { providers },
);

const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };
const namespace = new k8s.core.v1.Namespace(
  "services",
  { metadata: { name: config.serviceNamespace, labels: restricted } },
  { provider: cluster.provider },
).metadata.name;

const tasks = config.taskTable && new TaskTable("tasks", config.taskTable, { providers });

const taskService = new InstrumentedService(
  "task-service",
  {
    namespace,
    image: {
      context: "./services/task-service",
      repositoryName: `${prefix}/task-service`,
      platform,
      ...(task.image && { use: task.image }),
    },
    replicas: task.replicas,
    watchedBy: monitoring,
    slo: { availability: 99.9, latency: { percent: 99, seconds: 0.25 } },
    own: taskMetrics,
    ...(tasks && {
      environment: { AWS_REGION: region, TASK_TABLE_NAME: tasks.tableName },
      identity: { clusterName, roleName: `${prefix}-task-service`, policy: tasks.policy },
    }),
  },
  { providers },
);

export { clusterName };
export const { grafanaUrl, grafanaAdminUser, grafanaAdminPassword } = monitoring;
export const { kubeconfig } = cluster;
export const kubeconfigCommand = `aws eks update-kubeconfig --region ${region} --name ${clusterName}`;
export const services = { "task-service": { image: taskService.image, url: taskService.url } };
