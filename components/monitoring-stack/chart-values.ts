import { versions } from "../../versions";
import type { Platform } from "../platform";
import { type ChartValue, memory } from "./chart-value";
import { controlPlaneValues } from "./control-plane";
import { type GrafanaContext, grafanaValues } from "./grafana-values";
import { CRD_JOB } from "./network-policies";
import { REPLICA_LABEL } from "./remote-write";
import { otlpValues } from "./otlp-receiver";
import { annotationsOfOne, disruptionBudget, oneOfThem, spreadOverZones } from "./replicas";
import { claimTemplate, type VolumeSizes } from "./volumes";

/** Arguments of MonitoringStack that only the chart's values need. */
export interface ChartArgs {
  /** Days that Prometheus keeps samples. */
  readonly retentionDays: number;
  /** Size at which Prometheus drops its oldest samples, such as "40GiB". @default 85 % of its volume, also where it is empty; no limit without a volume */
  readonly retentionSize?: string;
  /** Prometheus duration, such as "30s"; rules are evaluated as often. */
  readonly scrapeInterval: string;
  /** On all that leaves Prometheus, alerts above all: what tells one stack's from another's. @default none */
  readonly externalLabels?: ExternalLabels;
  /** Replicas of Prometheus and of Alertmanager. @default 1 */
  readonly replicas?: number;
  /** Whether Prometheus takes metrics that services send by OTLP; with one replica only. @default false */
  readonly otlpReceiver?: boolean;
  /** Sizes of the volumes. @default everything in emptyDirs, lost with the pod */
  readonly volumes?: VolumeSizes;
}

/** Where an alert comes from. */
export interface ExternalLabels {
  /** Name of the cluster, or its context. */
  readonly cluster: string;
  /** Name of the stack. */
  readonly stack: string;
}

/** What the values take from the platform and from other resources. `Deferred` is the form of what these give (an Output in the program). */
export interface ChartContext<Deferred> {
  readonly platform: Pick<
    Platform,
    "kubernetesVersion" | "controlPlaneTargets" | "apiServerMetrics" | "zones" | "keepInPlace"
  >;
  /** @default the cluster's default class */
  readonly storageClassName: Deferred | undefined;
  /** A namespace that admits privileged pods. */
  readonly nodeExporterNamespace: Deferred;
  /** Of every pod that stays; Jobs of an upgrade have none. */
  readonly priorityClassName: Deferred;
  readonly grafana: GrafanaContext<Deferred>;
  /** Alertmanager's configuration; it holds no secret, only the files' names. */
  readonly alertmanagerConfig: Deferred;
  /** Kubernetes Secrets that Alertmanager reads its receivers' secrets from. */
  readonly receiverSecretNames: readonly string[];
  /** Where Prometheus writes to beside its own volume, as prometheus-operator has it. @default nowhere */
  readonly remoteWrite?: readonly ChartValue<Deferred>[];
}

/**
 * Values of kube-prometheus-stack. Pure.
 *
 * Requests and limits: kube-prometheus' manifests where they suffice; Grafana 13 needs more
 * (512 MiB limits throttle it and lock its database), Prometheus is planned at 8 KiB a series.
 */
export function kubePrometheusStackValues<Deferred>(
  args: ChartArgs,
  context: ChartContext<Deferred>,
): KubePrometheusStackValues<Deferred> {
  const { priorityClassName } = context;
  return {
    crds: {
      upgradeJob: {
        enabled: true,
        image: {
          busybox: { tag: versions.busybox },
          kubectl: { tag: versions.kubectl(context.platform.kubernetesVersion) },
        },
        // A network policy knows its pod by this.
        podLabels: { "app.kubernetes.io/name": CRD_JOB },
        // Each of its two containers gets these. kubectl 1.35 took 127 MiB to apply the chart's CRDs.
        resources: memory("10m", "128Mi", "256Mi"),
      },
    },
    defaultRules: WITHOUT_DATA,
    ...controlPlaneValues(context.platform),
    // The chart's 10 s triples the samples of the largest job.
    kubelet: { serviceMonitor: { cAdvisorInterval: "30s" } },
    nodeExporter: { operatingSystems: { aix: { enabled: false }, darwin: { enabled: false } } },
    prometheusOperator: {
      priorityClassName,
      resources: memory("100m", "128Mi", "256Mi"),
      prometheusConfigReloader: { resources: memory("10m", "32Mi", "64Mi") },
      admissionWebhooks: { patch: { resources: memory("10m", "32Mi", "128Mi") } },
    },
    "kube-state-metrics": {
      priorityClassName,
      resources: memory("10m", "190Mi", "250Mi"),
      // Feeds the chart's alerts on kube-state-metrics itself.
      selfMonitor: { enabled: true },
    },
    "prometheus-node-exporter": {
      priorityClassName,
      resources: memory("50m", "64Mi", "180Mi"),
      namespaceOverride: context.nodeExporterNamespace,
    },
    prometheus: prometheusValues(args, context),
    alertmanager: alertmanagerValues(args, context),
    grafana: {
      priorityClassName,
      ...grafanaValues(args.volumes?.grafana, context.storageClassName, context.grafana),
    },
  };
}

/**
 * Rules that nothing can feed: node-exporter's systemd collector is off, and the chart drops
 * container_memory_swap. docs/chart-alerts.md has those that get data in some clusters only.
 */
const WITHOUT_DATA = {
  rules: { k8sContainerMemorySwap: false },
  disabled: { NodeSystemdServiceFailed: true, NodeSystemdServiceCrashlooping: true },
};

/** The chart's values are free-form; what this program sets is not. */
export type KubePrometheusStackValues<Deferred> = Record<
  "crds" | "kubelet" | "prometheusOperator" | "prometheus" | "alertmanager" | "grafana",
  ChartValue<Deferred>
> &
  Record<string, ChartValue<Deferred>>;

function prometheusValues<Deferred>(
  args: ChartArgs,
  {
    storageClassName,
    priorityClassName,
    remoteWrite = [],
    platform: { zones, keepInPlace },
  }: ChartContext<Deferred>,
): ChartValue<Deferred> {
  const { volumes, externalLabels, replicas = 1 } = args;
  const retentionSize =
    (args.retentionSize ?? "") || (volumes ? `${Math.floor(volumes.prometheus * 0.85)}GiB` : "");
  return {
    podDisruptionBudget: disruptionBudget(replicas),
    service: oneOfThem(replicas),
    prometheusSpec: {
      replicas,
      priorityClassName,
      ...annotationsOfOne(replicas, keepInPlace),
      retention: `${args.retentionDays}d`,
      ...(retentionSize && { retentionSize }),
      scrapeInterval: args.scrapeInterval,
      evaluationInterval: args.scrapeInterval,
      ...(externalLabels && { externalLabels: { ...externalLabels } }),
      ...(remoteWrite.length > 0 && { remoteWrite, replicaExternalLabelName: REPLICA_LABEL }),
      // Services may attach an exemplar, such as a request's id, to a bucket; kept in memory only.
      enableFeatures: ["exemplar-storage"],
      ...otlpValues(args),
      // Pick up every monitor and rule of every namespace, not only those labelled for this release.
      serviceMonitorSelectorNilUsesHelmValues: false,
      podMonitorSelectorNilUsesHelmValues: false,
      ruleSelectorNilUsesHelmValues: false,
      probeSelectorNilUsesHelmValues: false,
      scrapeConfigSelectorNilUsesHelmValues: false,
      resources: memory("200m", "1Gi", "2Gi"),
      topologySpreadConstraints: spreadOverZones("prometheus", zones),
      ...(volumes && { storageSpec: claimTemplate(volumes.prometheus, storageClassName) }),
    },
  };
}

function alertmanagerValues<Deferred>(
  { volumes, replicas = 1 }: ChartArgs,
  { platform: { zones, keepInPlace }, ...context }: ChartContext<Deferred>,
): ChartValue<Deferred> {
  const { storageClassName, alertmanagerConfig, receiverSecretNames, priorityClassName } = context;
  return {
    config: alertmanagerConfig,
    podDisruptionBudget: disruptionBudget(replicas),
    alertmanagerSpec: {
      replicas,
      priorityClassName,
      ...annotationsOfOne(replicas, keepInPlace),
      secrets: receiverSecretNames,
      resources: memory("10m", "64Mi", "128Mi"),
      topologySpreadConstraints: spreadOverZones("alertmanager", zones),
      ...(volumes && { storage: claimTemplate(volumes.alertmanager, storageClassName) }),
    },
  };
}
