import type { Behaviour } from "./behaviour";
import {
  NAMESPACE,
  object,
  OBJECT_REPLACED_BY,
  onCluster,
  onThatCluster,
} from "./kubernetes-object";

export const NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
export const ROLE_BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding";
export const PRIORITY_CLASS = "kubernetes:scheduling.k8s.io/v1:PriorityClass";
export const CLUSTER_ROLE_BINDING = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding";

const roleBinding: Behaviour = {
  ...object("kubernetesCall"),
  replacedBy: [...OBJECT_REPLACED_BY, "roleRef"],
};

/** Objects that are there as soon as the API server has them. */
export const kubernetesCore: Readonly<Record<string, Behaviour>> = {
  [NAMESPACE]: {
    ...object("namespace"),
    references: [onCluster],
    needs: onThatCluster(() => []),
    holds: "everything in the namespace, with the claims and the data of their volumes",
  },
  // Their data are updated in place: the cluster's provider has them so (components/cluster/cluster.ts).
  "kubernetes:core/v1:Secret": {
    ...object("kubernetesCall"),
    replacedBy: [...OBJECT_REPLACED_BY, "type"],
  },
  "kubernetes:core/v1:ConfigMap": object("kubernetesCall"),
  // Of an object that others may have made; deleted, it gives up its own fields only.
  "kubernetes:core/v1:ConfigMapPatch": { ...object("kubernetesCall"), createPutsInPlace: true },
  "kubernetes:core/v1:ServiceAccount": object("kubernetesCall"),
  "kubernetes:rbac.authorization.k8s.io/v1:Role": object("kubernetesCall"),
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole": object("kubernetesCall"),
  [ROLE_BINDING]: roleBinding,
  [CLUSTER_ROLE_BINDING]: roleBinding,
  [NETWORK_POLICY]: object("kubernetesCall"),
  "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": object("kubernetesCall"),
  "kubernetes:policy/v1:PodDisruptionBudget": object("kubernetesCall"),
  [PRIORITY_CLASS]: {
    ...object("kubernetesCall"),
    replacedBy: [...OBJECT_REPLACED_BY, "value", "preemptionPolicy"],
  },
  "kubernetes:storage.k8s.io/v1:StorageClass": {
    ...object("kubernetesCall"),
    replacedBy: [
      ...OBJECT_REPLACED_BY,
      "provisioner",
      "parameters",
      "reclaimPolicy",
      "volumeBindingMode",
    ],
  },
};
