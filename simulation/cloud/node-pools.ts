import { at } from "../resource";
import type { Behaviour, CloudResource, ControllerContext, ControllerObject } from "./behaviour";
import { durations } from "./durations";
import { zonesOf } from "./ec2";
import { CLUSTER } from "./eks";
import { object, reachableUntilGone } from "./kubernetes-object";
import {
  type Architecture,
  architectureOf,
  INSTANCE_NAMES,
  instanceType,
  NODE_POOL,
  NODE_STORAGE_GIB,
  nodesFor,
  vcpuLimitOf,
} from "./nodes";
import { autoModeFee, type Charge, hourly, inCents, monthly, prices } from "./prices";
import { byInput } from "./references";

const NODE_CLASS = "kubernetes:eks.amazonaws.com/v1:NodeClass";

/** Of Karpenter and EKS: they are there as soon as Auto Mode is. */
const kind = (crd: string, duration: "kubernetesCall" | "nodePool"): Behaviour =>
  object(duration, (_object, all) => [
    {
      what: `the CRD ${crd}, which EKS Auto Mode brings`,
      from: all.filter(
        ({ type, inputs }) => type === CLUSTER && at(inputs, "computeConfig.enabled") === true,
      ),
    },
  ]);

const nodeClass = kind("nodeclasses.eks.amazonaws.com", "kubernetesCall");
const nodePool = kind("nodepools.karpenter.sh", "nodePool");

/** What Auto Mode makes nodes by. The pool that the stack keeps of EKS' own makes none: nothing tolerates its taint. */
export const nodePools: Readonly<Record<string, Behaviour>> = {
  [NODE_CLASS]: {
    ...nodeClass,
    references: [
      ...(nodeClass.references ?? []),
      byInput("spec.role", "aws:iam/role:Role"),
      byInput("spec.subnetSelectorTerms", "aws:ec2/subnet:Subnet"),
    ],
  },
  [NODE_POOL]: {
    ...nodePool,
    references: [
      ...(nodePool.references ?? []),
      // Its finalizer stays as long as there are nodes of it.
      byInput("spec.template.spec.nodeClassRef.name", NODE_CLASS, "refused"),
    ],
    // Nodes that cannot reach the API server are never drained.
    needsUntilGone: reachableUntilGone,
    controllers: nodes,
  },
};

/** What one node costs in a month. */
export function nodeCharges(region: string, architecture: Architecture): readonly Charge[] {
  const { node, volumeGB } = prices(region);
  return [
    hourly(`Nodes (${INSTANCE_NAMES[architecture]})`, node[architecture]),
    hourly("EKS Auto Mode fee", autoModeFee(node[architecture])),
    monthly("Node storage", volumeGB, NODE_STORAGE_GIB),
  ].map(inCents);
}

/** As many nodes as the pods' requests need, from the first pod on. */
function nodes(
  pool: CloudResource,
  { account, resources, pods }: ControllerContext,
): ControllerObject[] {
  if (pods.length === 0) return [];
  const architecture = architectureOf(pool);
  const charges = nodeCharges(account.region, architecture);
  const limit = vcpuLimitOf(pool);
  const count = nodesFor(pods, zonesOf(resources));
  if (count * instanceType.vcpus > limit) {
    throw new Error(
      `the limit of pool ${pool.name} must let its pods run: ${count} nodes of ${instanceType.vcpus} vCPUs; got ${limit}`,
    );
  }
  return Array.from({ length: count }, (_, index) => ({
    kind: "Node",
    name: `${INSTANCE_NAMES[architecture]}-${index + 1}`,
    charges,
    span: (_pool, firstPod) => ({ start: firstPod, end: firstPod + durations.firstNode.create }),
    whyKept: (destroy) => {
      const clusters = resources.filter(({ type }) => type === CLUSTER);
      if ([pool, ...clusters].some((each) => destroy.deletion(each))) return undefined;
      return "neither its pool nor the cluster was ever deleted";
    },
  }));
}
