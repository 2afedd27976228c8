import type { ChartValue } from "./chart-value";

/** Sizes of the volumes, in GiB. */
export interface VolumeSizes {
  /** Of each replica of Prometheus. */
  readonly prometheus: number;
  /** Of each replica of Alertmanager. */
  readonly alertmanager: number;
  /** Of Grafana's one pod. @default none: Grafana keeps no database */
  readonly grafana?: number;
}

export type VolumePart = keyof VolumeSizes;

interface Volume {
  /** The part's own name. */
  readonly title: string;
  /** Config key of its size, which messages name. */
  readonly key: string;
  /** Name of its claim; where each replica has one, a dash and the replica's number follow. */
  readonly claim: string;
  readonly perReplica: boolean;
}

/**
 * The operator names claims `<kind>-<object>-db-<kind>-<object>-<replica>`, after an object that the
 * chart names `<release>-<kind>`; Grafana's subchart names its one claim `<release>-grafana`.
 */
export const volumes: Readonly<Record<VolumePart, Volume>> = {
  prometheus: {
    title: "Prometheus",
    key: "prometheusVolumeGiB",
    claim:
      "prometheus-kube-prometheus-stack-prometheus-db-prometheus-kube-prometheus-stack-prometheus",
    perReplica: true,
  },
  alertmanager: {
    title: "Alertmanager",
    key: "alertmanagerVolumeGiB",
    claim:
      "alertmanager-kube-prometheus-stack-alertmanager-db-alertmanager-kube-prometheus-stack-alertmanager",
    perReplica: true,
  },
  grafana: {
    title: "Grafana",
    key: "grafanaVolumeGiB",
    claim: "kube-prometheus-stack-grafana",
    perReplica: false,
  },
};

export const VOLUME_PARTS = Object.keys(volumes) as readonly VolumePart[];

/**
 * Names of a part's claims.
 * @param from the first replica
 * @param replicas their number
 */
export function claimNames(part: VolumePart, replicas: number, from = 0): readonly string[] {
  const { claim, perReplica } = volumes[part];
  if (!perReplica) return [claim];
  return Array.from({ length: replicas - from }, (_, index) => `${claim}-${from + index}`);
}

/** Whether a claim is the part's, of whichever replica: claims of replicas that are gone stay and are used again. */
export function isClaimOf(part: VolumePart, name: string): boolean {
  const { claim, perReplica } = volumes[part];
  if (!perReplica) return name === claim;
  return name.startsWith(`${claim}-`) && /^\d+$/.test(name.slice(claim.length + 1));
}

/** Storage of a Prometheus or Alertmanager, as their specs want it. */
export function claimTemplate<Deferred>(
  gibibytes: number,
  storageClassName: Deferred | undefined,
): ChartValue<Deferred> {
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

/** Grafana's storage, as its subchart wants it. */
export function grafanaPersistence<Deferred>(
  gibibytes: number | undefined,
  storageClassName: Deferred | undefined,
): ChartValue<Deferred> {
  if (gibibytes === undefined) return { enabled: false };
  return {
    enabled: true,
    type: "pvc",
    size: `${gibibytes}Gi`,
    ...(storageClassName !== undefined && { storageClassName }),
    accessModes: ["ReadWriteOnce"],
    // Helm would delete the claim with persistence, or with a failed install; the others stay too.
    annotations: { "helm.sh/resource-policy": "keep" },
  };
}
