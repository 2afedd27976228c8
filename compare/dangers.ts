import { FIXED_CLUSTER_INPUTS } from "../components/cluster/fixed-cluster-inputs";
import { FIXED_CONTEXT_INPUTS } from "../components/existing-cluster/existing-cluster";
import { type FixedInput, refusedChanges } from "../components/fixed-inputs";
import { FIXED_KEDA_INPUTS } from "../components/keda/keda";
import { FIXED_MONITORING_INPUTS } from "../components/monitoring-stack/monitoring-stack";
import { volumeChanges, type VolumeInputs } from "../components/monitoring-stack/volume-changes";
import { FIXED_NAMESPACE_INPUTS } from "../components/service-namespace/service-namespace";
import type { Properties } from "../simulation/resource";
import type { ResourceChange } from "./resource-changes";
import type { RecordedResource } from "./side";

/** What a change does that cannot be taken back, a sentence each. */
export interface Dangers {
  /** What preview and `up` refuse. */
  readonly refused: readonly string[];
  /** What becomes of data, claims and pods. */
  readonly data: readonly string[];
}

/** Inputs that components refuse to change, by the component's type. */
export const FIXED: Readonly<Record<string, readonly FixedInput[]>> = {
  "kubernetes-monitoring:eks:Cluster": FIXED_CLUSTER_INPUTS,
  "kubernetes-monitoring:index:ExistingCluster": FIXED_CONTEXT_INPUTS,
  "kubernetes-monitoring:index:Keda": FIXED_KEDA_INPUTS,
  "kubernetes-monitoring:index:MonitoringStack": FIXED_MONITORING_INPUTS,
  "kubernetes-monitoring:index:ServiceNamespace": FIXED_NAMESPACE_INPUTS,
};

/** The component whose inputs tell of the volumes. */
export const WITH_VOLUMES = "kubernetes-monitoring:index:MonitoringStack";

export function dangers(
  before: readonly RecordedResource[],
  after: readonly RecordedResource[],
  changes: readonly ResourceChange[],
): Dangers {
  const pairs = after.flatMap((wanted) => {
    const old = before.find(({ urn }) => urn === wanted.urn);
    return old ? [{ type: wanted.type, old: old.inputs, wanted: wanted.inputs }] : [];
  });
  const fixed = pairs.flatMap(({ type, old, wanted }) =>
    refusedChanges(FIXED[type] ?? [], old, wanted),
  );
  const volumes = pairs
    .filter(({ type, old }) => type === WITH_VOLUMES && old.replicas !== undefined)
    .map(({ old, wanted }) => volumeChanges(volumeInputs(old), volumeInputs(wanted)));
  const going = changes.filter(({ change }) => change === "replaced" || change === "removed");
  return {
    refused: [...fixed, ...volumes.flatMap(({ refusals }) => refusals), ...kept(going)],
    data: [
      ...going.flatMap(({ change, resource, loses }) =>
        loses === undefined ? [] : [`${resource} is ${change}: with it goes ${loses}.`],
      ),
      ...volumes.flatMap(({ warnings }) => warnings),
    ],
  };
}

/** A sentence for each thing that keeps resources: a network of three zones has dozens of them. */
function kept(going: readonly ResourceChange[]): string[] {
  const kinds = new Map<string, string[]>();
  for (const { change, resource, keptBy } of going) {
    if (keptBy === undefined) continue;
    const why = `cannot be ${change}: ${keptBy}`;
    kinds.set(why, [...(kinds.get(why) ?? []), resource]);
  }
  return [...kinds].map(([why, resources]) => `${resources.join(", ")} ${why}.`);
}

const volumeInputs = (inputs: Properties): VolumeInputs => inputs as unknown as VolumeInputs;
