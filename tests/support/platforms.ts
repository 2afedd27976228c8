import * as pulumi from "@pulumi/pulumi";
import { eksPlatform, type EksPlatformArgs } from "../../components/cluster/eks-platform";
import type { Platform } from "../../components/platform";

/** A cluster of somebody's own: no ingress controller, no registry, no identities, no topics. */
export const barePlatform: Platform = {
  providers: [],
  access: { kubeconfig: pulumi.secret("{}") },
  kubectl: "kubectl --context bare",
  kubernetesVersion: "1.35",
  controlPlaneTargets: ["kubeControllerManager", "kubeScheduler", "coreDns"],
};

export const eksTestArgs: EksPlatformArgs = {
  prefix: "eks-monitoring-test",
  clusterName: "eks-monitoring-test",
  kubeconfig: pulumi.secret("{}"),
  kubernetesVersion: "1.35",
  providers: [],
  ingressClassName: "alb",
  loadBalancerScheme: "internet-facing",
  storageClassName: "gp3",
  zones: 3,
  nodes: [],
  controlPlaneMetrics: true,
  architecture: "amd64",
  vpcCidr: "10.0.0.0/16",
};

/** The platform that Cluster gives, without the cluster. */
export const eksTestPlatform: Platform = eksPlatform(eksTestArgs);
