import type { DeployedService, ServiceMonitor } from "../deployed";

type Labels = Readonly<Record<string, string>>;

/**
 * The scrape job that the operator makes of a ServiceMonitor, as its documentation has it: one for
 * each endpoint, named `serviceMonitor/<namespace>/<name>/<index>`; it keeps the targets whose
 * Service has the selector's labels and whose port has the endpoint's name, and labels what it
 * keeps.
 * https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ServiceMonitor
 * @param targets stand for what Kubernetes' service discovery would find
 */
export function scrapeConfig(monitor: ServiceMonitor, targets: readonly Target[], index = 0) {
  const { metadata, spec } = monitor;
  const endpoint = spec.endpoints[index];
  if (!endpoint) throw new Error(`${metadata.name} has no endpoint number ${index}`);
  return {
    job_name: jobName(monitor, index),
    metrics_path: endpoint.path,
    sample_limit: spec.sampleLimit,
    relabel_configs: [
      ...Object.entries(spec.selector.matchLabels).map(([label, value]) => ({
        action: "keep",
        source_labels: [
          `__meta_kubernetes_service_label_${sanitized(label)}`,
          `__meta_kubernetes_service_labelpresent_${sanitized(label)}`,
        ],
        regex: `(${value});true`,
      })),
      {
        action: "keep",
        source_labels: ["__meta_kubernetes_endpointslice_port_name"],
        regex: endpoint.port,
      },
      copy("__meta_kubernetes_namespace", "namespace"),
      copy("__meta_kubernetes_service_name", "service"),
      copy("__meta_kubernetes_pod_name", "pod"),
      copy("__meta_kubernetes_pod_container_name", "container"),
      {
        action: "drop",
        source_labels: ["__meta_kubernetes_pod_phase"],
        regex: "(Failed|Succeeded)",
      },
      copy("__meta_kubernetes_service_name", "job"),
      { target_label: "endpoint", replacement: endpoint.port },
    ],
    static_configs: targets.map(({ port, labels }) => ({
      targets: [`127.0.0.1:${port}`],
      labels,
    })),
  };
}

export const jobName = ({ metadata }: ServiceMonitor, index = 0): string =>
  `serviceMonitor/${metadata.namespace}/${metadata.name}/${index}`;

/** An address, and what service discovery tells of it. */
export interface Target {
  readonly port: number;
  readonly labels: Labels;
}

/**
 * What service discovery would find for a pod of the Deployment behind the Service. The port's name
 * is the Service's where it leads to a port that the container has.
 * @throws Error where the Service selects other pods, or its port leads nowhere
 */
export function podTarget(
  { service, deployment }: Pick<DeployedService, "service" | "deployment">,
  port: number,
): Target {
  const { name, namespace, labels } = service.metadata;
  const { metadata, spec } = deployment.spec.template;
  for (const [label, value] of Object.entries(service.spec.selector)) {
    if (metadata.labels[label] !== value) {
      throw new Error(`Service ${name} selects ${label}=${value}, which its pods have not`);
    }
  }
  const [servicePort] = service.spec.ports;
  const container = spec.containers.find(({ ports }) =>
    ports.some((candidate) => candidate.name === servicePort?.targetPort),
  );
  if (!servicePort || !container) throw new Error(`no container has the port of Service ${name}`);
  return {
    port,
    labels: {
      ...serviceLabels(labels),
      __meta_kubernetes_namespace: namespace,
      __meta_kubernetes_service_name: name,
      __meta_kubernetes_endpointslice_port_name: servicePort.name,
      __meta_kubernetes_pod_name: `${name}-5d9c7b6f4-x2x7k`,
      __meta_kubernetes_pod_container_name: container.name,
      __meta_kubernetes_pod_phase: "Running",
    },
  };
}

/** The same address as another Service of the namespace has it: the job must not keep it. */
export const strangersTarget = (target: Target): Target => ({
  port: target.port,
  labels: {
    ...target.labels,
    ...serviceLabels({ app: "another-service" }),
    __meta_kubernetes_service_name: "another-service",
  },
});

const serviceLabels = (labels: Labels): Labels =>
  Object.fromEntries(
    Object.entries(labels).flatMap(([label, value]) => [
      [`__meta_kubernetes_service_label_${sanitized(label)}`, value],
      [`__meta_kubernetes_service_labelpresent_${sanitized(label)}`, "true"],
    ]),
  );

const sanitized = (label: string): string => label.replace(/\W/g, "_");

const copy = (from: string, to: string) => ({ source_labels: [from], target_label: to });
