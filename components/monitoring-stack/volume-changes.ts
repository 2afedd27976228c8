import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess, Platform } from "../platform";
import { type CallerAccess, growClaims } from "./claims";
import {
  claimNames,
  isClaimOf,
  VOLUME_PARTS,
  type VolumePart,
  volumes,
  type VolumeSizes,
} from "./volumes";

/** What decides about the claims: MonitoringStack's inputs, which the engine keeps from one `up` to the next. */
export interface VolumeInputs {
  readonly namespace: string;
  readonly replicas: number;
  /** Absent without persistence. */
  readonly volumes?: VolumeSizes;
}

/** What a change of the inputs does to the claims. */
export interface VolumeChanges {
  /** Why it cannot be. */
  readonly refusals: readonly string[];
  /** What happens to data, claims and pods. */
  readonly warnings: readonly string[];
  /** Parts whose claims must have their new size before the chart is upgraded. */
  readonly grown: readonly VolumePart[];
}

/**
 * A hook for the component's update, in previews too: it refuses what would lose data, tells what
 * happens to the claims, and in `up` lets them grow before the chart's objects ask for more.
 * @throws Error from the hook, which fails preview and `up`
 */
export function volumeHook(name: string, { access }: Platform): pulumi.ResourceHook {
  const beforeUpdate = async ({ oldInputs, newInputs }: pulumi.ResourceHookArgs): Promise<void> => {
    const [before, after] = [oldInputs, newInputs] as (VolumeInputs | undefined)[];
    // A state of a version that kept no such inputs says nothing of the claims.
    if (before?.replicas === undefined || after === undefined) return;
    const { refusals, warnings, grown } = volumeChanges(before, after);
    if (refusals.length > 0) throw new Error(refusals.join("\n"));
    for (const warning of warnings) await pulumi.log.warn(warning);
    if (pulumi.runtime.isDryRun() || grown.length === 0) return;
    const wanted = grown.map((part) => ({
      gibibytes: sizeOf(after, part),
      isOne: (claim: string) => isClaimOf(part, claim),
    }));
    // Known by now: the component's registration waits for its providers, and these for the cluster.
    await growClaims(await callerAccess(access), after.namespace, wanted, {
      progress: (text) => pulumi.log.info(text),
    });
  };
  // The engine calls from outside; bound to the program's context, the SDK's log and isDryRun() are its own.
  const bound = AsyncResource.bind(beforeUpdate);
  return new pulumi.ResourceHook(`${name}-volumes`, bound, { onDryRun: true });
}

/** Pure. */
export function volumeChanges(before: VolumeInputs, after: VolumeInputs): VolumeChanges {
  const changed = (is: (old: number, wanted: number) => boolean) =>
    VOLUME_PARTS.filter((part) => is(sizeOf(before, part), sizeOf(after, part)));
  const switchedOff = changed((old, wanted) => old > 0 && wanted === 0);
  const switchedOn = changed((old, wanted) => old === 0 && wanted > 0);
  const smaller = changed((old, wanted) => wanted > 0 && wanted < old);
  const larger = changed((old, wanted) => old > 0 && wanted > old);
  const hasFewer = before.volumes && after.volumes && after.replicas < before.replicas;
  return {
    refusals: smaller.map((part) => shrunk(part, sizeOf(before, part), sizeOf(after, part))),
    warnings: [
      ...(switchedOff.length > 0 ? [withoutVolume(switchedOff, before)] : []),
      ...(switchedOn.length > 0 ? [withVolume(switchedOn)] : []),
      ...larger.map((part) => grew(part, sizeOf(before, part), sizeOf(after, part), before)),
      ...(hasFewer ? [fewerReplicas(before, after)] : []),
    ],
    // Claims left from before may be smaller than what is wanted now.
    grown: [...switchedOn, ...larger],
  };
}

/** GiB of a part's volume; 0 without one. */
const sizeOf = ({ volumes: sizes }: VolumeInputs, part: VolumePart): number => sizes?.[part] ?? 0;

const shrunk = (part: VolumePart, old: number, wanted: number): string => {
  const { key } = volumes[part];
  return (
    `${key} must be ${old} or more, because Kubernetes cannot shrink a claim; got ${wanted}. ` +
    `Fix: pulumi config set ${key} ${old} (docs/volumes.md: how to begin anew with a smaller volume)`
  );
};

const grew = (
  part: VolumePart,
  old: number,
  wanted: number,
  { replicas }: VolumeInputs,
): string => {
  const { title, key, perReplica } = volumes[part];
  const claims = claimNames(part, replicas).join(", ");
  const pods = perReplica
    ? `The operator then makes the StatefulSet anew: all pods of ${title} restart at the same time`
    : "Its pod goes on running";
  return `${key} ${old} to ${wanted}: ${claims} grow in place, and no data is lost. ${pods}.`;
};

const fewerReplicas = (before: VolumeInputs, after: VolumeInputs): string => {
  const parts = VOLUME_PARTS.filter((part) => volumes[part].perReplica);
  const claims = parts.flatMap((part) => claimNames(part, before.replicas, after.replicas));
  return (
    `${before.replicas} to ${after.replicas} replicas: the claims of those removed stay, are billed, and are ` +
    `used again when replicas grow. To delete them: ${deleteCommand(before.namespace, claims)}`
  );
};

const withoutVolume = (parts: readonly VolumePart[], before: VolumeInputs): string => {
  const claims = parts.flatMap((part) => claimNames(part, before.replicas));
  return (
    `${titles(parts)} without a volume: what is kept there is not used any more, and its pods start empty. The ` +
    "claims stay with all data, are billed, and are used again when the volume comes back. To delete them: " +
    deleteCommand(before.namespace, claims)
  );
};

const withVolume = (parts: readonly VolumePart[]): string =>
  `${titles(parts)} with a volume: it is empty unless claims of earlier are there. What the pods hold now, in ` +
  "emptyDirs, is lost.";

const titles = (parts: readonly VolumePart[]): string =>
  parts.map((part) => volumes[part].title).join(", ");

const deleteCommand = (namespace: string, claims: readonly string[]): string =>
  `kubectl delete pvc -n ${namespace} ${claims.join(" ")}`;

const callerAccess = async (access: ClusterAccess): Promise<CallerAccess> =>
  "context" in access ? access : { kubeconfig: await valueOf(access.kubeconfig) };

const valueOf = <T>(output: pulumi.Output<T>): Promise<T> =>
  new Promise((resolve) => {
    output.apply(resolve);
  });
