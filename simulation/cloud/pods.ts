import type { Properties, Resource } from "../resource";
import { at, isProperties, reveal, textAt } from "../resource";

/** One pod's requests, and how many of it there are. */
export interface Pods {
  readonly name: string;
  readonly because: string;
  readonly cpuMillicores: number;
  readonly memoryMiB: number;
  /** A number, or one on every node (a DaemonSet). */
  readonly count: number | "per-node";
  /** Asks for its replicas to be spread over zones. Karpenter tries to make nodes for that, though it must not. */
  readonly spread: boolean;
}

/** A PersistentVolumeClaim that a resource brings about. */
export interface Claim {
  readonly name: string;
  readonly because: string;
  readonly gibibytes: number;
  /** Whether the claim goes with the release, or stays until its namespace does. */
  readonly deletedWithRelease: boolean;
  readonly storageClassName: string;
}

/** metrics-server as the EKS add-on runs it: two replicas of 100m and 200Mi. */
const METRICS_SERVER = { cpuMillicores: 100, memoryMiB: 200, count: 2, spread: false };

/** The pods that a resource asks nodes for. */
export function podsOf(resource: Resource, resources: readonly Resource[]): readonly Pods[] {
  switch (resource.type) {
    case "kubernetes:helm.sh/v3:Release":
      return chartPods(resource);
    case "kubernetes:apps/v1:Deployment":
      return [deploymentPods(resource, resources)];
    case "aws:eks/addon:Addon":
      return [{ name: resource.name, because: resource.urn, ...METRICS_SERVER }];
    default:
      return [];
  }
}

/** What kube-prometheus-stack runs, with the requests that the program's values give it. */
function chartPods(release: Resource): Pods[] {
  const values = valuesOf(release);
  const sum = (name: string, count: Pods["count"], ...paths: string[]): Pods => ({
    name,
    because: release.urn,
    count,
    spread: ["prometheus", "alertmanager"].includes(name),
    cpuMillicores: paths.reduce((total, path) => total + cpu(at(values, path)), 0),
    memoryMiB: paths.reduce((total, path) => total + memory(at(values, path)), 0),
  });
  const reloader = "prometheusOperator.prometheusConfigReloader.resources";
  const sidecar = "grafana.sidecar.resources";
  return [
    sum("operator", 1, "prometheusOperator.resources"),
    sum(
      "prometheus",
      countAt(values, "prometheus.prometheusSpec.replicas"),
      "prometheus.prometheusSpec.resources",
      reloader,
    ),
    sum(
      "alertmanager",
      countAt(values, "alertmanager.alertmanagerSpec.replicas"),
      "alertmanager.alertmanagerSpec.resources",
      reloader,
    ),
    // Dashboards and data sources have a sidecar each.
    sum("grafana", 1, "grafana.resources", sidecar, sidecar),
    sum("kube-state-metrics", 1, "kube-state-metrics.resources"),
    sum("node-exporter", "per-node", "prometheus-node-exporter.resources"),
  ];
}

/** As many as its autoscaler's least; one without. */
function deploymentPods(deployment: Resource, resources: readonly Resource[]): Pods {
  const inputs = reveal(deployment.inputs);
  const name = at(inputs, "metadata.name");
  const autoscaler = resources.find(
    ({ type, inputs: other }) =>
      type === "kubernetes:autoscaling/v2:HorizontalPodAutoscaler" &&
      at(other, "spec.scaleTargetRef.name") === name &&
      at(other, "metadata.namespace") === at(inputs, "metadata.namespace"),
  );
  const containers = at(inputs, "spec.template.spec.containers");
  const resourcesOf = (Array.isArray(containers) ? containers : []).map((container) =>
    at(container, "resources"),
  );
  return {
    name: deployment.name,
    because: deployment.urn,
    count: countAt(autoscaler?.inputs ?? {}, "spec.minReplicas"),
    spread: at(inputs, "spec.template.spec.topologySpreadConstraints") !== undefined,
    cpuMillicores: resourcesOf.reduce<number>((total, each) => total + cpu(each), 0),
    memoryMiB: resourcesOf.reduce<number>((total, each) => total + memory(each), 0),
  };
}

/** The claims of Prometheus, Alertmanager and Grafana, where the values give them volumes. */
export function claimsOf(release: Resource): readonly Claim[] {
  const values = valuesOf(release);
  // A release whose name holds the chart's is the chart's full name: `<release>-prometheus` and so on.
  const custom = textAt(release.inputs, "name");
  const templates = [
    ["prometheus", "prometheus.prometheusSpec", "storageSpec"],
    ["alertmanager", "alertmanager.alertmanagerSpec", "storage"],
  ] as const;
  const claims = templates.flatMap(([name, spec, storage]): Claim[] => {
    const claim = at(values, `${spec}.${storage}.volumeClaimTemplate.spec`);
    if (!isProperties(claim)) return [];
    return Array.from({ length: countAt(values, `${spec}.replicas`) }, (_, replica) => ({
      name: `${name}-${custom}-${name}-db-${name}-${custom}-${name}-${replica}`,
      because: release.urn,
      gibibytes: mebibytes(textAt(claim, "resources.requests.storage")) / 1024,
      deletedWithRelease:
        at(values, `${spec}.persistentVolumeClaimRetentionPolicy.whenDeleted`) === "Delete",
      storageClassName: String(claim.storageClassName),
    }));
  });
  if (at(values, "grafana.persistence.enabled") !== true) return claims;
  return [
    ...claims,
    {
      name: `${custom}-grafana`,
      because: release.urn,
      gibibytes: mebibytes(textAt(values, "grafana.persistence.size")) / 1024,
      // The chart owns this claim itself, so it goes with every uninstall.
      deletedWithRelease: true,
      storageClassName: String(at(values, "grafana.persistence.storageClassName")),
    },
  ];
}

const valuesOf = (release: Resource): Properties =>
  reveal(release.inputs.values ?? {}) as Properties;

function countAt(value: Properties, path: string): number {
  const found = at(value, path);
  return typeof found === "number" ? found : 1;
}

/** Kubernetes quantities, as far as this program writes them; none requested is 0. */
function cpu(resources: unknown): number {
  if (at(resources, "requests.cpu") === undefined) return 0;
  const text = textAt(resources, "requests.cpu");
  return text.endsWith("m") ? Number.parseInt(text, 10) : Number(text) * 1000;
}

function memory(resources: unknown): number {
  if (at(resources, "requests.memory") === undefined) return 0;
  return mebibytes(textAt(resources, "requests.memory"));
}

function mebibytes(quantity: string): number {
  const [, amount, unit] = /^(\d+)(Mi|Gi|Ti)$/.exec(quantity) ?? [];
  if (!unit) throw new Error(`the simulated cloud cannot read the quantity ${quantity}`);
  return Number(amount) * { Mi: 1, Gi: 1024, Ti: 1024 * 1024 }[unit as "Mi" | "Gi" | "Ti"];
}
