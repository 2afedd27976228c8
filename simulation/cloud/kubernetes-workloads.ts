import { at, reveal } from "../resource";
import type { Behaviour, CloudResource, Need } from "./behaviour";
import { buildsOf } from "./ecr";
import { permissionsOf } from "./eks";
import { namespaceOf, object, OBJECT_REPLACED_BY, reachableUntilGone } from "./kubernetes-object";
import { nodesOf } from "./nodes";
import { countAt, type Pods, requestedCpu, requestedMemory } from "./pods";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler";

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
  "kubernetes:core/v1:Service": { ...object("kubernetesCall"), awaits: podsBehind },
};

const spec = (deployment: CloudResource): unknown =>
  at(reveal(deployment.inputs), "spec.template.spec");

function containersOf(deployment: CloudResource): readonly unknown[] {
  const containers = at(spec(deployment), "containers");
  return Array.isArray(containers) ? containers : [];
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
      other.type === AUTOSCALER &&
      at(other.inputs, "spec.scaleTargetRef.name") === name &&
      namespaceOf(other) === namespaceOf(deployment),
  );
  const resources = containersOf(deployment).map((container) => at(container, "resources"));
  return {
    name: deployment.name,
    because: deployment.urn,
    count: countAt(autoscaler?.inputs, "spec.minReplicas"),
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
