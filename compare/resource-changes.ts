import { shortName } from "../simulation/cloud/behaviour";
import { behaviourOf, isKnown } from "../simulation/cloud/behaviours";
import { type Replacement, replacement } from "../simulation/cloud/replacement";
import { at, isProperties, type Properties } from "../simulation/resource";
import type { RecordedResource } from "./side";
import { difference, same, type ValueChange, valueChanges } from "./value-changes";

/** What `pulumi up` would do to a resource. */
export interface ResourceChange {
  readonly change: "replaced" | "removed" | "changed" | "added";
  readonly urn: string;
  /** Kind and name. */
  readonly resource: string;
  /** Inputs that differ; secrets are not compared. Empty where only one side has it. */
  readonly inputs: readonly ValueChange[];
  /** Why it is replaced, as the end of a sentence. */
  readonly because?: string;
  /** Its URN before, where that is another one. */
  readonly movedFrom?: string;
  /** Of one that is replaced: whether the old one goes before the new one is made. */
  readonly deleteBeforeReplace?: boolean;
  /** What is lost with the one that goes. @default nothing that up does not make again */
  readonly loses?: string;
  /** Why it cannot go, as the end of a sentence. @default nothing keeps it */
  readonly keptBy?: string;
}

/** The dangerous first, then by URN. Components are left out: what they make is told. */
export function resourceChanges(
  before: readonly RecordedResource[],
  after: readonly RecordedResource[],
): ResourceChange[] {
  const { added, changed, gone } = difference(byUrn(before), byUrn(after));
  const moves = moved(
    gone.map(([, resource]) => resource),
    added.map(([, resource]) => resource),
  );
  const replaced = [...moves, ...replacements(before, after)].sort(byDanger);
  const isReplaced = new Set(replaced.map(({ urn }) => urn));
  const isMovedFrom = new Set(moves.map(({ movedFrom }) => movedFrom));
  return [
    ...replaced,
    ...gone
      .filter(([urn]) => !isMovedFrom.has(urn))
      .map(([, resource]) => ({ ...entry("removed", resource), ...lost(resource) })),
    ...changed
      .filter(([urn]) => !isReplaced.has(urn))
      .map(([, old, wanted]) => ({
        ...entry("changed", wanted),
        inputs: inputChanges(old, wanted),
      }))
      .filter(({ inputs }) => inputs.length > 0),
    ...added
      .filter(([urn]) => !isReplaced.has(urn))
      .map(([, resource]) => entry("added", resource)),
  ];
}

/** What loses something first. */
const byDanger = (a: ResourceChange, b: ResourceChange): number =>
  Number(a.loses === undefined) - Number(b.loses === undefined) || (a.urn < b.urn ? -1 : 1);

const byUrn = (resources: readonly RecordedResource[]): ReadonlyMap<string, RecordedResource> =>
  new Map(resources.filter(({ custom }) => custom).map((each) => [each.urn, each]));

const entry = (
  change: ResourceChange["change"],
  resource: RecordedResource,
): Pick<ResourceChange, "change" | "urn" | "resource" | "inputs"> => ({
  change,
  urn: resource.urn,
  resource: shortName(resource),
  inputs: [],
});

/** The engine knows a resource by its URN: with another parent, project or component it is another one. */
function moved(
  gone: readonly RecordedResource[],
  added: readonly RecordedResource[],
): readonly ResourceChange[] {
  return added.flatMap((wanted) => {
    const old = gone.find(({ type, name }) => type === wanted.type && name === wanted.name);
    if (!old) return [];
    return [
      {
        ...entry("replaced", wanted),
        inputs: inputChanges(old, wanted),
        because: "it is under another parent, or in another project",
        movedFrom: old.urn,
        deleteBeforeReplace: false,
        ...lost(old),
      },
    ];
  });
}

/** What its inputs replace, and what is replaced with that, because an input names it. */
function replacements(
  before: readonly RecordedResource[],
  after: readonly RecordedResource[],
): readonly ResourceChange[] {
  const olds = byUrn(before);
  const found = new Map<string, ResourceChange>();
  let isComplete = false;
  while (!isComplete) {
    isComplete = true;
    for (const wanted of after) {
      const old = olds.get(wanted.urn);
      if (!old || !wanted.custom || found.has(wanted.urn)) continue;
      const names = after.filter(
        ({ urn, id }) => found.has(urn) && id && wanted.dependencies.includes(urn),
      );
      const because = whyReplaced(old, wanted, names);
      if (!because) continue;
      isComplete = false;
      found.set(wanted.urn, {
        ...entry("replaced", wanted),
        inputs: inputChanges(old, wanted),
        ...because,
        ...lost(old),
      });
    }
  }
  return [...found.values()];
}

function whyReplaced(
  old: RecordedResource,
  wanted: RecordedResource,
  replaced: readonly RecordedResource[],
): Required<Pick<ResourceChange, "because" | "deleteBeforeReplace">> | undefined {
  if (!isKnown(wanted.type)) return undefined;
  if (hasTrigger(old, wanted)) {
    const goesFirst = behaviourOf(wanted.type).deleteBeforeReplace?.(old.inputs, wanted.inputs);
    return { because: "its trigger", deleteBeforeReplace: goesFirst ?? false };
  }
  const kept = withIgnored(old, wanted);
  const own = replacement(wanted.type, old.inputs, kept);
  if (own.paths.length > 0) return told(own);
  // Its id will be another one, though the simulated cloud makes it up from the same name.
  const isUnknown = (value: unknown): boolean =>
    replaced.some(({ id = "" }) => JSON.stringify(value ?? null).includes(JSON.stringify(id)));
  const { paths, deleteBeforeReplace } = replacement(wanted.type, old.inputs, kept, isUnknown);
  const named = replaced.filter(({ id = "" }) =>
    paths.some((path) => JSON.stringify(at(kept, path) ?? null).includes(JSON.stringify(id))),
  );
  if (named.length === 0) return undefined;
  return { because: `${named.map(shortName).join(", ")} is replaced`, deleteBeforeReplace };
}

const told = ({ paths, deleteBeforeReplace }: Replacement) => ({
  because: paths.join(", "),
  deleteBeforeReplace,
});

/** A side whose document is from before triggers were in it has none. */
const hasTrigger = (old: RecordedResource, wanted: RecordedResource): boolean =>
  old.replacementTrigger !== undefined &&
  wanted.replacementTrigger !== undefined &&
  !same(old.replacementTrigger, wanted.replacementTrigger);

const inputChanges = (old: RecordedResource, wanted: RecordedResource): readonly ValueChange[] =>
  valueChanges(old.inputs, withIgnored(old, wanted));

/** Its new inputs as the engine takes them: what ignoreChanges names stays as it was. */
function withIgnored(old: RecordedResource, wanted: RecordedResource): Properties {
  return (wanted.ignoreChanges ?? []).reduce<Properties>(
    (inputs, path) => put(inputs, path.split("."), at(old.inputs, path)),
    wanted.inputs,
  );
}

function put(
  inputs: Properties,
  [key = "", ...rest]: readonly string[],
  value: unknown,
): Properties {
  const inside = inputs[key];
  if (rest.length > 0 && !isProperties(inside)) return inputs;
  return {
    ...inputs,
    [key]: isProperties(inside) && rest.length > 0 ? put(inside, rest, value) : value,
  };
}

function lost(old: RecordedResource): Pick<ResourceChange, "loses" | "keptBy"> {
  const { holds, deletionProtection } = isKnown(old.type) ? behaviourOf(old.type) : {};
  const isProtected =
    deletionProtection !== undefined && at(old.inputs, deletionProtection) === true;
  return {
    ...(holds !== undefined && !old.retainOnDelete && { loses: holds }),
    ...(old.protect && { keptBy: "it is protected by Pulumi" }),
    ...(!old.protect && isProtected && { keptBy: `its API refuses by ${deletionProtection}` }),
  };
}
