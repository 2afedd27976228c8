/** What decides about KEDA's values. `Deferred` is the form of what other resources give (an Output in the program). */
export interface KedaSettings<Deferred> {
  /** Pods of each of its three parts. */
  readonly replicas: number;
  /** Label `release` by which Prometheus finds the ServiceMonitor. */
  readonly releaseName: Deferred;
  /** @default the cluster's default class */
  readonly priorityClassName: Deferred | undefined;
}

/** Names of its pods, as their labels `app` and `app.kubernetes.io/name` have them; the chart's defaults. */
export const OPERATOR = "keda-operator";
export const METRICS_SERVER = "keda-operator-metrics-apiserver";
export const WEBHOOKS = "keda-admission-webhooks";

/** Those that KEDA's own documentation gives for production ("Cluster Capacity"), the same for each part. */
const RESOURCES = {
  requests: { cpu: "100m", memory: "100Mi" },
  limits: { cpu: "1", memory: "1000Mi" },
};

/** Values of KEDA's chart. Pure. Pod Security "restricted" is what its defaults keep already. */
export function kedaValues<Deferred>({
  replicas,
  releaseName,
  priorityClassName,
}: KedaSettings<Deferred>) {
  const budget = replicas > 1 ? { maxUnavailable: 1 } : {};
  return {
    operator: { replicaCount: replicas },
    metricsServer: { replicaCount: replicas },
    webhooks: { replicaCount: replicas },
    podDisruptionBudget: { operator: budget, metricServer: budget, webhooks: budget },
    topologySpreadConstraints: {
      operator: spread(OPERATOR),
      metricsServer: spread(METRICS_SERVER),
      webhooks: spread(WEBHOOKS),
    },
    resources: { operator: RESOURCES, metricServer: RESOURCES, webhooks: RESOURCES },
    ...(priorityClassName !== undefined && { priorityClassName }),
    // A tag of a release is never moved, and a registry that is away must not stop a restart.
    image: { pullPolicy: "IfNotPresent" },
    // Services are Deployments, and their triggers have no secrets: it needs no more.
    rbac: { enabledCustomScaledRefKinds: false },
    permissions: {
      operator: { restrict: { secret: true } },
      metricServer: { restrict: { secret: true } },
    },
    prometheus: {
      operator: {
        enabled: true,
        serviceMonitor: { enabled: true, additionalLabels: { release: releaseName } },
      },
    },
  };
}

/** None of them has a volume, so each finds a place anywhere. */
const spread = (app: string) =>
  ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: { app } },
  }));
