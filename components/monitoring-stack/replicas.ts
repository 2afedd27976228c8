import type { ChartValue } from "./chart-value";

/** Label that Prometheus and Alertmanager have on their pods, with their own names. */
const COMPONENT = "app.kubernetes.io/name";

/**
 * Replicas as even over the zones as can be, required where there are two: a volume never leaves its zone, so
 * replicas that begin in one would stay there for good, and be gone with it. Elsewhere one node is enough.
 * The same for one replica, which finds a place anywhere, so that another one replaces no pod.
 * @param zones that nodes can be in; undefined: nobody can say
 */
export function spreadOverZones(component: string, zones: number | undefined): ChartValue<never> {
  const each = {
    maxSkew: 1,
    topologyKey: "topology.kubernetes.io/zone",
    labelSelector: { matchLabels: { [COMPONENT]: component } },
  };
  if (zones === undefined || zones === 1) {
    return [{ ...each, whenUnsatisfiable: "ScheduleAnyway" }];
  }
  // Only zones that have a node count: with the first node of a cluster, all replicas on it would pass for
  // spread. Not more than two, because AWS may have no node to give in the third.
  return [{ ...each, whenUnsatisfiable: "DoNotSchedule", minDomains: 2 }];
}

/** One replica at a time may be taken away; one that is alone may always be, or its node could never be replaced. */
export const disruptionBudget = (replicas: number): ChartValue<never> => ({
  enabled: replicas > 1,
  minAvailable: replicas - 1,
});

/**
 * Annotations that keep a pod where it is, for one that is alone: each move would be a gap in its samples, or
 * alerts that nobody is told of. Several have a disruption budget for that, which these annotations would end
 * in ignoring: a node that goes for good waits for their pods as long as it may, and then takes them all away.
 */
export const annotationsOfOne = (
  replicas: number,
  keepInPlace: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, ChartValue<never>>> =>
  replicas === 1 && keepInPlace ? { podMetadata: { annotations: { ...keepInPlace } } } : {};

/**
 * The Service of a Prometheus: replicas differ in what each has missed, so whoever asks stays with one
 * (for three hours, the chart's timeout) and sees no panel jump.
 */
export const oneOfThem = (replicas: number): ChartValue<never> => ({
  sessionAffinity: replicas > 1 ? "ClientIP" : "None",
});
