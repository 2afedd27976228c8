import * as aws from "@pulumi/aws";
import { Cluster } from "./components/cluster/cluster";
import { MonitoringStack } from "./components/monitoring-stack/monitoring-stack";
import { ServiceNamespace } from "./components/service-namespace/service-namespace";
import { readConfig } from "./config/config";
import { deployTaskService } from "./services/task-service";

const config = readConfig();
const awsProvider = new aws.Provider("aws", {
  region: config.region as aws.Region,
  defaultTags: { tags: config.tags },
});

const cluster = new Cluster("cluster", config.cluster, { providers: { aws: awsProvider } });
const { platform } = cluster;

const monitoring = new MonitoringStack(
  "monitoring",
  { ...config.monitoring, platform },
  { providers: platform.providers },
);

const { name: namespace } = new ServiceNamespace(
  "services",
  { namespace: config.serviceNamespace },
  { providers: platform.providers },
);

const taskService = deployTaskService({
  ...config.taskService,
  namespace,
  platform,
  watchedBy: monitoring,
});

export const { clusterName, kubeconfig, kubeconfigCommand } = cluster;
export const { grafanaUrl, grafanaAdminUser, grafanaAdminPassword } = monitoring;
export const services = { "task-service": { image: taskService.image, url: taskService.url } };
