import { versions } from "../../versions";
import type { ControlPlaneTarget } from "../platform";

/** What the chart's values depend on. */
export interface KubePrometheusStackFacts {
  readonly kubernetesVersion: string;
  /** Parts of the control plane that answer a scrape. */
  readonly controlPlaneTargets: readonly ControlPlaneTarget[];
  readonly retentionDays: number;
  /** Empty: 85 % of the volume, or no limit without one. */
  readonly retentionSize: string;
  readonly scrapeInterval: string;
  /** Replicas of Prometheus and of Alertmanager. */
  readonly replicas: number;
  /** Kubernetes Secret with the keys admin-user and admin-password. */
  readonly adminSecretName: string;
  /** Grafana's own address where it is known before the load balancer is: with a domain. */
  readonly grafanaRootUrl: string | undefined;
  /** Kubernetes Secrets that Alertmanager reads its receivers' secrets from. */
  readonly receiverSecretNames: readonly string[];
  /** Volume sizes in GiB; absent, everything is kept in emptyDirs. */
  readonly volumes:
    | { readonly prometheus: number; readonly alertmanager: number; readonly grafana: number }
    | undefined;
}

/** What is not known before other resources are there, in the caller's form (an Output in the program). */
export interface LateValues<Late> {
  /** @default the cluster's default class */
  readonly storageClassName: Late | undefined;
  /** Alertmanager's configuration; it holds no secret, only the files' names. */
  readonly alertmanagerConfig: Late;
}

/**
 * Values of kube-prometheus-stack. Pure.
 *
 * Requests and limits: kube-prometheus' manifests where they suffice; Grafana 13 needs more
 * (512 MiB limits throttle it and lock its database), Prometheus is planned at 8 KiB a series.
 */
export function kubePrometheusStackValues<Late>(
  facts: KubePrometheusStackFacts,
  { storageClassName, alertmanagerConfig }: LateValues<Late>,
): KubePrometheusStackValues<Late> {
  return {
    crds: {
      upgradeJob: {
        enabled: true,
        image: {
          busybox: { tag: versions.busybox },
          kubectl: { tag: versions.kubectl(facts.kubernetesVersion) },
        },
      },
    },
    ...controlPlaneValues(facts.controlPlaneTargets),
    // The chart's 10 s triples the samples of the largest job.
    kubelet: { serviceMonitor: { cAdvisorInterval: "30s" } },
    nodeExporter: { operatingSystems: { aix: { enabled: false }, darwin: { enabled: false } } },
    prometheusOperator: {
      resources: memory("100m", "128Mi", "256Mi"),
      prometheusConfigReloader: { resources: memory("10m", "32Mi", "64Mi") },
      admissionWebhooks: { patch: { resources: memory("10m", "32Mi", "128Mi") } },
    },
    "kube-state-metrics": { resources: memory("10m", "190Mi", "250Mi") },
    "prometheus-node-exporter": { resources: memory("50m", "64Mi", "180Mi") },
    prometheus: prometheusValues(facts, storageClassName),
    alertmanager: alertmanagerValues(facts, storageClassName, alertmanagerConfig),
    grafana: grafanaValues(facts, storageClassName),
  };
}

/** What does not answer is not scraped: its "down" alert would fire for ever. */
const controlPlaneValues = (
  answering: readonly ControlPlaneTarget[],
): Record<ControlPlaneTarget, { readonly enabled: boolean }> => ({
  kubeControllerManager: { enabled: answering.includes("kubeControllerManager") },
  kubeScheduler: { enabled: answering.includes("kubeScheduler") },
  kubeEtcd: { enabled: answering.includes("kubeEtcd") },
  kubeProxy: { enabled: answering.includes("kubeProxy") },
  coreDns: { enabled: answering.includes("coreDns") },
});

/** The chart's values are free-form; what this program sets is not. */
export type KubePrometheusStackValues<Late> = Record<
  "crds" | "kubelet" | "prometheusOperator" | "prometheus" | "alertmanager" | "grafana",
  ChartValue<Late>
> &
  Record<string, ChartValue<Late>>;

/** A value of the chart; `Late` stands for those that other resources give. */
export type ChartValue<Late> =
  | string
  | number
  | boolean
  | Late
  | readonly ChartValue<Late>[]
  | { readonly [key: string]: ChartValue<Late> };

/** No CPU limits: throttling a scraper or an exporter loses samples (kubernetes-mixin, CPUThrottlingHigh). */
function memory(cpu: string, request: string, limit: string): ChartValue<never> {
  return { requests: { cpu, memory: request }, limits: { memory: limit } };
}

/** Claims of a StatefulSet stay after `helm uninstall` unless it says so, and go on costing money. */
const deleteClaims = { whenDeleted: "Delete", whenScaled: "Retain" };

function claimTemplate<Late>(
  gibibytes: number,
  storageClassName: Late | undefined,
): ChartValue<Late> {
  return {
    volumeClaimTemplate: {
      spec: {
        ...(storageClassName !== undefined && { storageClassName }),
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: `${gibibytes}Gi` } },
      },
    },
  };
}

/** Spreads replicas over zones where it can. Not required, so that one node is enough. */
const spreadOverZones = (component: string): ChartValue<never> => [
  {
    maxSkew: 1,
    topologyKey: "topology.kubernetes.io/zone",
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: { "app.kubernetes.io/name": component } },
  },
];

function prometheusValues<Late>(
  facts: KubePrometheusStackFacts,
  storageClassName: Late | undefined,
): ChartValue<Late> {
  const { volumes } = facts;
  const retentionSize =
    facts.retentionSize || (volumes ? `${Math.floor(volumes.prometheus * 0.85)}GiB` : "");
  return {
    podDisruptionBudget: { enabled: facts.replicas > 1 },
    prometheusSpec: {
      replicas: facts.replicas,
      retention: `${facts.retentionDays}d`,
      ...(retentionSize && { retentionSize }),
      scrapeInterval: facts.scrapeInterval,
      evaluationInterval: facts.scrapeInterval,
      // Pick up every monitor and rule of every namespace, not only those labelled for this release.
      serviceMonitorSelectorNilUsesHelmValues: false,
      podMonitorSelectorNilUsesHelmValues: false,
      ruleSelectorNilUsesHelmValues: false,
      probeSelectorNilUsesHelmValues: false,
      scrapeConfigSelectorNilUsesHelmValues: false,
      resources: memory("200m", "1Gi", "2Gi"),
      topologySpreadConstraints: spreadOverZones("prometheus"),
      ...(volumes && {
        storageSpec: claimTemplate(volumes.prometheus, storageClassName),
        persistentVolumeClaimRetentionPolicy: deleteClaims,
      }),
    },
  };
}

function alertmanagerValues<Late>(
  facts: KubePrometheusStackFacts,
  storageClassName: Late | undefined,
  config: Late,
): ChartValue<Late> {
  const { volumes } = facts;
  return {
    config,
    podDisruptionBudget: { enabled: facts.replicas > 1 },
    alertmanagerSpec: {
      replicas: facts.replicas,
      secrets: facts.receiverSecretNames,
      resources: memory("10m", "64Mi", "128Mi"),
      topologySpreadConstraints: spreadOverZones("alertmanager"),
      ...(volumes && {
        storage: claimTemplate(volumes.alertmanager, storageClassName),
        persistentVolumeClaimRetentionPolicy: deleteClaims,
      }),
    },
  };
}

function grafanaValues<Late>(
  facts: KubePrometheusStackFacts,
  storageClassName: Late | undefined,
): ChartValue<Late> {
  const { volumes } = facts;
  return {
    admin: {
      existingSecret: facts.adminSecretName,
      userKey: "admin-user",
      passwordKey: "admin-password",
    },
    // The program owns the Ingress: the chart's is not awaited, and its address not known after `up`.
    ingress: { enabled: false },
    testFramework: { enabled: false },
    // fsGroup does the same without a root container.
    initChownData: { enabled: false },
    // A ReadWriteOnce volume cannot be attached to the old and the new pod at once.
    deploymentStrategy: { type: "Recreate" },
    persistence: {
      enabled: volumes !== undefined,
      ...(volumes && {
        type: "pvc",
        size: `${volumes.grafana}Gi`,
        ...(storageClassName !== undefined && { storageClassName }),
        accessModes: ["ReadWriteOnce"],
      }),
    },
    env: { GOMEMLIMIT: "900MiB" },
    resources: memory("100m", "512Mi", "1280Mi"),
    sidecar: {
      resources: memory("10m", "96Mi", "192Mi"),
      dashboards: {
        resource: "configmap",
        // A folder for each service: both settings are needed.
        folderAnnotation: "grafana_folder",
        provider: { foldersFromFilesStructure: true },
      },
    },
    "grafana.ini": {
      // Grafana 13.2 replaces its bundled Prometheus data source at start and can lose it (grafana#132528).
      plugins: { preinstall_disabled: true, preinstall_auto_update: false },
      analytics: { check_for_updates: false, reporting_enabled: false },
      ...(facts.grafanaRootUrl && { server: { root_url: facts.grafanaRootUrl } }),
    },
  };
}
