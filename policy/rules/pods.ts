import { at, isProperties, itemsOf, type Rule, shown, type Subject } from "../rule";

const LONG_RUNNING = ["apps/v1:Deployment", "apps/v1:StatefulSet", "apps/v1:DaemonSet"];
const KINDS = [...LONG_RUNNING, "core/v1:Pod", "batch/v1:Job", "batch/v1:CronJob"];

export const imageByDigest: Rule = {
  name: "image-by-digest",
  description: "A container's image is named by its digest: a tag can be moved to another image.",
  level: "mandatory",
  settings: {
    byTag: {
      description: "Beginnings of image names that may have a tag.",
      // A registry on the machine itself: nobody else pushes to it.
      default: ["localhost:", "localhost/"],
    },
  },
  check: (subject, { byTag = [] }) =>
    [...containersOf(subject, "containers"), ...containersOf(subject, "initContainers")]
      .filter(({ image }) => typeof image === "string" && !/@sha256:[0-9a-f]{64}$/.test(image))
      .filter(({ image }) => !byTag.some((start) => String(image).startsWith(start)))
      .map(
        ({ where, image }) =>
          `the image of ${where} must be named by digest; got ${shown(image)}. Fix: NAME@sha256:..., as docker buildx imagetools inspect prints it, or allow its beginning (byTag)`,
      ),
};

/** No limit of the processor: throttled pods are slow when it matters. */
const AMOUNTS = [
  ["requests", "cpu"],
  ["requests", "memory"],
  ["limits", "memory"],
] as const;

export const podResources: Rule = {
  name: "pod-resources",
  description: "A container requests processor and memory, and its memory has a limit.",
  level: "mandatory",
  check: (subject) =>
    containersOf(subject, "containers").flatMap(({ where, resources }) =>
      AMOUNTS.filter((path) => at(resources, ...path) === undefined).map((path) => {
        const amount = `resources.${path.join(".")}`;
        return `${where} must have ${amount}; got nothing. Fix: set ${amount} to what it uses at its busiest`;
      }),
    ),
};

export const podProbes: Rule = {
  name: "pod-probes",
  description: "A container that keeps running has a readiness and a liveness probe.",
  level: "mandatory",
  check: (subject) => {
    if (!LONG_RUNNING.some((kind) => subject.type === `kubernetes:${kind}`)) return [];
    return containersOf(subject, "containers").flatMap(({ where, container }) =>
      ["readinessProbe", "livenessProbe"]
        .filter((probe) => container[probe] === undefined)
        .map(
          (probe) =>
            `${where} must have a ${probe}; got nothing. Fix: add a ${probe} that asks what the container serves`,
        ),
    );
  },
};

interface Container {
  /** For a sentence. */
  readonly where: string;
  readonly image: unknown;
  readonly resources: unknown;
  readonly container: Readonly<Record<string, unknown>>;
}

function containersOf(
  { type, name, props }: Subject,
  field: "containers" | "initContainers",
): readonly Container[] {
  const kind = KINDS.find((each) => type === `kubernetes:${each}`)?.split(":")[1];
  if (kind === undefined) return [];
  return itemsOf(at(podSpec(kind, props), field))
    .filter(isProperties)
    .map((container) => ({
      where: `container ${String(container.name)} of ${kind} ${name}`,
      image: container.image,
      resources: container.resources,
      container,
    }));
}

function podSpec(kind: string, props: Subject["props"]): unknown {
  if (kind === "Pod") return at(props, "spec");
  const template = ["spec", "template", "spec"];
  return kind === "CronJob"
    ? at(props, "spec", "jobTemplate", ...template)
    : at(props, ...template);
}
