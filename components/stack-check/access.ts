import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** Who the Job's pod is to the API server. */
interface Access {
  readonly serviceAccount: k8s.core.v1.ServiceAccount;
  /** What has to be there before the pod. */
  readonly dependsOn: readonly pulumi.Resource[];
}

/**
 * What the check reads to name the pod or the volume that something waits for: in this namespace only, and no
 * Secret. Grafana's reaches the pod by the kubelet.
 */
const RULES = [
  {
    apiGroups: ["monitoring.coreos.com"],
    resources: ["prometheuses", "alertmanagers"],
    verbs: ["get"],
  },
  { apiGroups: [""], resources: ["pods", "persistentvolumeclaims", "events"], verbs: ["list"] },
];

/** A ServiceAccount that may read what RULES say. */
export function allowReading(
  name: string,
  namespace: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): Access {
  const metadata = { name, namespace };
  const serviceAccount = new k8s.core.v1.ServiceAccount(
    name,
    // The Job says itself that its pod has a token.
    { metadata, automountServiceAccountToken: false },
    opts,
  );
  const role = new k8s.rbac.v1.Role(name, { metadata, rules: RULES }, opts);
  const binding = new k8s.rbac.v1.RoleBinding(
    name,
    {
      metadata,
      roleRef: {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "Role",
        name: role.metadata.name,
      },
      subjects: [{ kind: "ServiceAccount", name: serviceAccount.metadata.name, namespace }],
    },
    opts,
  );
  return { serviceAccount, dependsOn: [binding] };
}
