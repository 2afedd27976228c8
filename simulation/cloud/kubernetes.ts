import type { Behaviour, Making, Properties } from "../resource";
import { at, isProperties, textAt } from "../resource";
import type { DurationName } from "./durations";

/** The Kubernetes kinds that the program uses; the API server adds a name and a status. */
export const kubernetesBehaviours: Readonly<Record<string, Behaviour>> = {
  "kubernetes:core/v1:Namespace": object("namespace"),
  "kubernetes:core/v1:Secret": object("kubernetesCall"),
  "kubernetes:core/v1:ConfigMap": object("kubernetesCall"),
  "kubernetes:core/v1:Service": object("kubernetesCall"),
  "kubernetes:core/v1:ServiceAccount": object("kubernetesCall"),
  "kubernetes:apps/v1:Deployment": object("rollout"),
  "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": object("kubernetesCall"),
  "kubernetes:policy/v1:PodDisruptionBudget": object("kubernetesCall"),
  "kubernetes:networking.k8s.io/v1:IngressClass": object("kubernetesCall"),
  "kubernetes:storage.k8s.io/v1:StorageClass": object("kubernetesCall"),
  "kubernetes:eks.amazonaws.com/v1:IngressClassParams": object("kubernetesCall"),
  "kubernetes:monitoring.coreos.com/v1:ServiceMonitor": object("kubernetesCall"),
  "kubernetes:monitoring.coreos.com/v1:PrometheusRule": object("kubernetesCall"),
  "kubernetes:networking.k8s.io/v1:Ingress": {
    ...object("loadBalancer"),
    outputs: (making) => ({
      ...named(making),
      status: { loadBalancer: { ingress: [{ hostname: loadBalancerHostname(making) }] } },
    }),
  },
  "kubernetes:helm.sh/v3:Release": {
    duration: "chart",
    id: ({ inputs }) => `${textAt(inputs, "namespace")}/${textAt(inputs, "name")}`,
    outputs: ({ inputs }) => ({
      status: {
        name: textAt(inputs, "name"),
        namespace: textAt(inputs, "namespace"),
        status: "deployed",
        version: at(inputs, "version"),
        revision: 1,
      },
    }),
  },
};

function object(duration: DurationName): Behaviour {
  return { duration, id: objectId, outputs: named };
}

function objectId(making: Making): string {
  const { namespace, name } = named(making).metadata;
  return typeof namespace === "string" ? `${namespace}/${String(name)}` : String(name);
}

/** The provider makes a name up where the program gives none. */
function named({ inputs, name, hash }: Making): { readonly metadata: Properties } {
  const metadata = at(inputs, "metadata");
  const given = isProperties(metadata) ? metadata : {};
  return { metadata: { name: `${name}-${hash.slice(0, 8)}`, ...given } };
}

function loadBalancerHostname(making: Making): string {
  const { namespace, name } = named(making).metadata;
  const short = (text: unknown) => String(text).replaceAll("-", "").slice(0, 8);
  const digits = Number.parseInt(making.hash.slice(0, 8), 16);
  return `k8s-${short(namespace)}-${short(name)}-${making.hash.slice(0, 10)}-${digits}.${making.account.region}.elb.amazonaws.com`;
}
