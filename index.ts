import { Keda } from "./components/keda/keda";
import { MonitoringStack } from "./components/monitoring-stack/monitoring-stack";
import { ServiceNamespace } from "./components/service-namespace/service-namespace";
import { StackCheck } from "./components/stack-check/stack-check";
import { createStackCluster } from "./components/stack-cluster";
import { readConfig } from "./config/config";
import { deployQuoteService, watchedQuoteService } from "./services/quote-service";
import { deployTaskService, watchedTaskService } from "./services/task-service";

const config = readConfig();

const cluster = createStackCluster(config.cluster);
const { platform } = cluster;

const { taskService, quoteService } = config.services;
const watches = [
  ...(taskService ? [watchedTaskService(config.keda !== undefined)] : []),
  ...(quoteService ? [watchedQuoteService(config.monitoring.otlpReceiver === true)] : []),
];

const monitoring = new MonitoringStack(
  "monitoring",
  { ...config.monitoring, platform, watches },
  { providers: platform.providers },
);

const { name: namespace } = new ServiceNamespace(
  "services",
  { namespace: config.serviceNamespace, platform },
  { providers: platform.providers },
);

const keda =
  config.keda &&
  new Keda(
    "keda",
    {
      ...config.keda,
      platform,
      watchedBy: monitoring,
      priorityClassName: monitoring.priorityClassName,
    },
    { providers: platform.providers },
  );

const shared = { namespace, platform, watchedBy: monitoring };
const services = [
  ...(taskService ? [deployTaskService({ ...shared, ...taskService, keda })] : []),
  ...(quoteService ? [deployQuoteService({ ...shared, ...quoteService })] : []),
];

if (config.check) {
  new StackCheck(
    "stack-check",
    { ...config.check, monitoring, services, platform },
    { providers: platform.providers },
  );
}

// What a platform does not have is no output: the CLI warns of one that is undefined.
const { kubeconfig } = cluster;
const { grafanaLoadBalancer, grafanaCommand } = monitoring;
export = {
  clusterName: cluster.clusterName,
  kubeconfigCommand: cluster.kubeconfigCommand,
  ...(kubeconfig && { kubeconfig }),
  grafanaUrl: monitoring.grafanaUrl,
  ...(grafanaLoadBalancer && { grafanaLoadBalancer }),
  ...(grafanaCommand && { grafanaCommand }),
  grafanaAdminUser: monitoring.grafanaAdminUser,
  grafanaAdminPassword: monitoring.grafanaAdminPassword,
  services: Object.fromEntries(
    services.map(({ name, image, url, alive }) => [name, { image, url, alive }]),
  ),
};
