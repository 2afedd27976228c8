import type { ChartValue } from "./chart-value";

/** Label that Prometheus and Alertmanager have on their pods, with their own names. */
const COMPONENT = "app.kubernetes.io/name";

/**
 * Each replica in a zone of its own, where the cluster has so many: a volume never leaves its zone, so two
 * that begin in one would stay there together, and be gone with it. Elsewhere as even as it can be had, so
 * that one node is enough.
 * @param zones that nodes can be in; undefined: nobody can say
 */
export function spreadOverZones(
  component: string,
  replicas: number,
  zones: number | undefined,
): ChartValue<never> {
  const each = {
    maxSkew: 1,
    topologyKey: "topology.kubernetes.io/zone",
    labelSelector: { matchLabels: { [COMPONENT]: component } },
  };
  if (replicas === 1 || zones === undefined || replicas > zones) {
    return [{ ...each, whenUnsatisfiable: "ScheduleAnyway" }];
  }
  // Kubernetes counts zones that have a node: with the first node only, two replicas would pass for spread.
  return [{ ...each, whenUnsatisfiable: "DoNotSchedule", minDomains: replicas }];
}

/** One replica at a time may be taken away; one that is alone may always be, or its node could never be replaced. */
export const disruptionBudget = (replicas: number): ChartValue<never> => ({
  enabled: replicas > 1,
  minAvailable: replicas - 1,
});

/**
 * The Service of a Prometheus: replicas differ in what each has missed, so whoever asks stays with one
 * (for three hours, the chart's timeout) and sees no panel jump.
 */
export const oneOfThem = (replicas: number): ChartValue<never> => ({
  sessionAffinity: replicas > 1 ? "ClientIP" : "None",
});
