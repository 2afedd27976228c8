import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** A class has no namespace; no other chart's is called so. */
const NAME = "kube-prometheus-stack";
/**
 * Half of what a class of one's own may have (1e9), so that a team can set something above it. From
 * about 3e8 on Karpenter gives a pod the highest cost of disruption, so that nodes without monitoring are
 * consolidated first (sigs.k8s.io/karpenter, pkg/utils/disruption: priority / 2^25, at most 10).
 */
const PRIORITY = 500_000_000;

/**
 * Monitoring outlives what it watches: a full cluster makes room for it, and a node under pressure evicts
 * others first. Not one of Kubernetes' system classes: some clusters admit these in kube-system only.
 */
export const createPriorityClass = (
  name: string,
  opts: pulumi.CustomResourceOptions,
): k8s.scheduling.v1.PriorityClass =>
  new k8s.scheduling.v1.PriorityClass(
    name,
    {
      metadata: { name: NAME },
      value: PRIORITY,
      description: "Monitoring, which has to outlive what it watches.",
    },
    opts,
  );
