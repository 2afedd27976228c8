import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/**
 * Switches EKS' network policy controller on: without this ConfigMap policies are accepted, and nothing
 * enforces them (https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html). A patch, because
 * the ConfigMap may be there, with other settings of the cluster's network in it.
 */
export const enableNetworkPolicies = (
  name: string,
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.ConfigMapPatch =>
  new k8s.core.v1.ConfigMapPatch(
    `${name}-network-policies`,
    {
      metadata: { name: "amazon-vpc-cni", namespace: "kube-system" },
      data: { "enable-network-policy-controller": "true" },
    },
    opts,
  );
