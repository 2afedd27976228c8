import { at, reveal } from "../resource";
import type { Behaviour, CloudResource, Need } from "./behaviour";
import { buildsOf } from "./ecr";
import { permissionsOf } from "./eks";
import { ROLE_BINDING } from "./kubernetes-core";
import { namespaceOf, object, OBJECT_REPLACED_BY, reachableUntilGone } from "./kubernetes-object";
import { nodesOf } from "./nodes";
import { countAt, type Pods, requestedCpu, requestedMemory } from "./pods";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const JOB = "kubernetes:batch/v1:Job";
/** Each with the path of the fewest pods. */
const AUTOSCALERS: Readonly<Record<string, string>> = {
  "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": "spec.minReplicas",
  "kubernetes:keda.sh/v1alpha1:ScaledObject": "spec.minReplicaCount",
};

/** What runs pods, and what the provider takes for ready only with pods behind it. */
export const kubernetesWorkloads: Readonly<Record<string, Behaviour>> = {
  [DEPLOYMENT]: {
    ...object("rollout", (deployment, all) => [
      ...credentials(deployment, all),
      ...images(deployment, all),
      ...nodesOf(all),
    ]),
    // Pods end in their own time only while their nodes do not.
    needsUntilGone: (deployment, all) => [...reachableUntilGone(deployment, all), ...nodesOf(all)],
    replacedBy: [...OBJECT_REPLACED_BY, "spec.selector"],
    runsOnNodes: true,
    pods: (deployment, all) => [deploymentPods(deployment, all)],
  },
  // Its pod asks for next to nothing, and has ended before anything else needs its place.
  [JOB]: {
    ...object("stackCheck", (job, all) => [...read(job, all), ...bindings(job, all)]),
    replacedBy: [...OBJECT_REPLACED_BY, "spec.selector", "spec.template"],
    runsOnNodes: true,
  },
  "kubernetes:core/v1:Service": { ...object("kubernetesCall"), awaits: podsBehind },
};

const spec = (deployment: CloudResource): unknown =>
  at(reveal(deployment.inputs), "spec.template.spec");

function containersOf(deployment: CloudResource): readonly unknown[] {
  const containers = at(spec(deployment), "containers");
  return Array.isArray(containers) ? containers : [];
}

/** What containers have their environment from, and what is mounted: a pod waits for one that is missing. */
function read(workload: CloudResource, all: readonly CloudResource[]): readonly Need[] {
  const env = containersOf(workload)
    .map((container) => at(container, "env"))
    .flat();
  const volumes = [at(spec(workload), "volumes")].flat();
  const named = [
    ...env.map((each) => ["Secret", at(each, "valueFrom.secretKeyRef.name")] as const),
    ...volumes.map((each) => ["ConfigMap", at(each, "configMap.name")] as const),
  ].filter(([, name]) => typeof name === "string");
  return named.map(([kind, name]) => ({
    what: `the ${kind} ${String(name)}, which its pod reads`,
    from: all.filter(
      ({ type, id }) =>
        type === `kubernetes:core/v1:${kind}` &&
        id === `${String(namespaceOf(workload))}/${String(name)}`,
    ),
    forReadiness: true,
  }));
}

/** Without one its pod may not ask the API server for anything. */
function bindings(workload: CloudResource, all: readonly CloudResource[]): readonly Need[] {
  const account = at(spec(workload), "serviceAccountName");
  const from = all.filter(
    (other) =>
      other.type === ROLE_BINDING &&
      namespaceOf(other) === namespaceOf(workload) &&
      [at(reveal(other.inputs), "subjects")].flat().some((each) => at(each, "name") === account),
  );
  return [
    { what: `what lets its ServiceAccount ${String(account)} read`, from, forReadiness: true },
  ];
}

/** A pod that starts before its service account has a role runs without credentials. */
function credentials(deployment: CloudResource, all: readonly CloudResource[]): readonly Need[] {
  const account = at(spec(deployment), "serviceAccountName");
  const from = permissionsOf(namespaceOf(deployment), account, all);
  return from.length === 0
    ? []
    : [{ what: "the credentials and permissions of its pods' role", from }];
}

/** An image of a registry in this account has to be there; an earlier one may be. */
function images(deployment: CloudResource, all: readonly CloudResource[]): readonly Need[] {
  return containersOf(deployment).flatMap((container): Need[] => {
    const image = String(at(container, "image"));
    const from = buildsOf(image, all);
    return from
      ? [{ what: `the image ${image}`, from, forReadiness: true, mayExistAlready: true }]
      : [];
  });
}

/** As many as its autoscaler's least; one without. */
function deploymentPods(deployment: CloudResource, all: readonly CloudResource[]): Pods {
  const name = at(reveal(deployment.inputs), "metadata.name");
  const autoscaler = all.find(
    (other) =>
      other.type in AUTOSCALERS &&
      at(other.inputs, "spec.scaleTargetRef.name") === name &&
      namespaceOf(other) === namespaceOf(deployment),
  );
  const resources = containersOf(deployment).map((container) => at(container, "resources"));
  return {
    name: deployment.name,
    because: deployment.urn,
    count: countAt(autoscaler?.inputs, AUTOSCALERS[autoscaler?.type ?? ""] ?? ""),
    spread: at(spec(deployment), "topologySpreadConstraints") !== undefined,
    cpuMillicores: resources.reduce<number>((total, each) => total + requestedCpu(each), 0),
    memoryMiB: resources.reduce<number>((total, each) => total + requestedMemory(each), 0),
  };
}

function podsBehind(service: CloudResource, all: readonly CloudResource[]): CloudResource[] {
  const selector = JSON.stringify(at(service.inputs, "spec.selector"));
  return all.filter(
    (other) =>
      other.type === DEPLOYMENT &&
      namespaceOf(other) === namespaceOf(service) &&
      JSON.stringify(at(other.inputs, "spec.selector.matchLabels")) === selector,
  );
}
