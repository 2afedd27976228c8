import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { fleetDashboard } from "../../observability/dashboards/fleet-dashboard";
import type { IngressController } from "../platform";
import type { OidcLogin } from "./oidc-login";

/** How people reach Grafana: an Ingress where the platform has a controller, else a node port, else a port-forward. */
export interface GrafanaAccess {
  /**
   * Host name, with its DNS zone or its certificate.
   * @default plain HTTP on the load balancer's own address
   */
  readonly https?: GrafanaDomain;
  /** CIDRs that may connect through an Ingress. @default everybody, which only makes sense with `https` */
  readonly allowedCidrs?: readonly string[];
  /** Port on every node, where the platform has no ingress controller. @default none */
  readonly nodePort?: number;
  /** Needs `https`. @default people log in as admin only */
  readonly oidc?: OidcLogin | undefined;
}

/** Grafana's host name, and who cares for its certificate and its DNS record. */
export interface GrafanaDomain {
  /** Such as "grafana.example.com". */
  readonly domain: string;
  /**
   * Certificate of the domain, in the platform's own terms (on EKS the ARN of an ACM certificate, else a
   * Secret's name); the domain must be pointed at the load balancer. Without a zone only.
   * @default the zone's, or the ingress controller's own
   */
  readonly certificate?: string;
  /**
   * Public DNS zone that the domain is part of, such as "example.com": the certificate and the record are
   * made in it. @default none: both are made elsewhere
   */
  readonly zone?: string;
}

/** Where Grafana answers. */
export interface GrafanaAddress {
  readonly url: pulumi.Output<string>;
  /** Host name or IP of the load balancer, at which a domain has to point. @default there is none */
  readonly loadBalancer?: pulumi.Output<string>;
  /** What has to run meanwhile. @default nothing: the address is open */
  readonly command?: pulumi.Output<string>;
}

/** Name of Grafana's Service, Ingress and Secret, which users' kubectl commands name. */
export const GRAFANA_NAME = "kube-prometheus-stack-grafana";

/**
 * What Grafana's sidecars look for: dashboards and data sources are ConfigMaps, of the services' namespaces
 * too. The chart's own ClusterRole would read every Secret of the cluster, from a pod that faces the internet.
 * Not under the chart's names: on an upgrade Helm deletes those.
 */
export function createGrafanaRole(
  name: string,
  namespace: k8s.core.v1.Namespace,
  opts: pulumi.CustomResourceOptions,
): k8s.rbac.v1.ClusterRoleBinding {
  const metadata = { name: `${GRAFANA_NAME}-configmaps` };
  const role = new k8s.rbac.v1.ClusterRole(
    `${name}-grafana`,
    {
      metadata,
      rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "watch"] }],
    },
    opts,
  );
  return new k8s.rbac.v1.ClusterRoleBinding(
    `${name}-grafana`,
    {
      metadata,
      roleRef: {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "ClusterRole",
        name: role.metadata.name,
      },
      // The chart names Grafana's ServiceAccount so.
      subjects: [
        { kind: "ServiceAccount", name: GRAFANA_NAME, namespace: namespace.metadata.name },
      ],
    },
    opts,
  );
}

/** Owned here, because nobody waits for a chart's Ingress and its address (pulumi-kubernetes#1915). */
export function createGrafanaIngress(
  name: string,
  access: GrafanaAccess,
  certificate: pulumi.Input<string> | undefined,
  controller: IngressController,
  release: k8s.helm.v3.Release,
  opts: pulumi.CustomResourceOptions,
): k8s.networking.v1.Ingress {
  const { https, allowedCidrs = [] } = access;
  const { annotations, tlsSecretName, replacementTrigger } = controller.expose({
    // `/` answers 302, which a load balancer takes for unhealthy.
    healthCheckPath: "/api/health",
    allowedCidrs,
    ...(certificate !== undefined && { certificate }),
  });
  const path = {
    path: "/",
    pathType: "Prefix",
    backend: { service: { name: GRAFANA_NAME, port: { number: 80 } } },
  };
  return new k8s.networking.v1.Ingress(
    `${name}-grafana`,
    {
      metadata: {
        name: GRAFANA_NAME,
        namespace: release.namespace,
        annotations,
      },
      spec: {
        ingressClassName: controller.className,
        rules: [{ ...(https && { host: https.domain }), http: { paths: [path] } }],
        ...(https &&
          tlsSecretName !== undefined && {
            tls: [{ hosts: [https.domain], secretName: tlsSecretName }],
          }),
      },
    },
    {
      ...opts,
      dependsOn: [release],
      ...(replacementTrigger !== undefined && { replacementTrigger }),
      // The engine would make the new one first where it replaces on its own account, under a name that is taken.
      deleteBeforeReplace: true,
    },
  );
}

/** Known when `up` returns: the domain, or the load balancer's own address; the domain waits for it too. */
export function ingressAddress(
  { https }: GrafanaAccess,
  ingress: k8s.networking.v1.Ingress,
): GrafanaAddress {
  const loadBalancer = ingress.status.loadBalancer.apply((loadBalancer) => {
    // Pulumi waits for the address. Checked all the same: a missing property would lift to undefined.
    const addresses = loadBalancer.ingress as readonly IngressAddress[] | undefined;
    const found = addresses?.[0]?.hostname ?? addresses?.[0]?.ip;
    if (!found) throw new Error(`Ingress ${GRAFANA_NAME} must have an address; got none.`);
    return found;
  });
  const url = loadBalancer.apply((host) => (https ? `https://${https.domain}` : `http://${host}`));
  return { url, loadBalancer };
}

/** A load balancer has a host name on AWS and an IP elsewhere. */
type IngressAddress = Partial<Record<"hostname" | "ip", string>>;

/** Known before the program runs, so that Grafana can name it in its links. */
export const nodePortUrl = (nodeAddress: string, nodePort: number): string =>
  `http://${nodeAddress}:${nodePort}`;

/** Grafana's own default for the address in its links. */
const FORWARDED_PORT = 3000;

/** For a platform that exposes nothing. */
export const portForward = (kubectl: string, namespace: pulumi.Output<string>): GrafanaAddress => ({
  url: pulumi.output(`http://localhost:${FORWARDED_PORT}`),
  command: pulumi.interpolate`${kubectl} port-forward --namespace ${namespace} service/${GRAFANA_NAME} ${FORWARDED_PORT}:80`,
});

/** The dashboard over all services, one row each, the one with the highest burn rate first. */
export function createFleetDashboard(
  name: string,
  namespace: k8s.core.v1.Namespace,
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.ConfigMap {
  return new k8s.core.v1.ConfigMap(
    `${name}-services-dashboard`,
    {
      metadata: {
        name: "services-dashboard",
        namespace: namespace.metadata.name,
        labels: { grafana_dashboard: "1" },
        annotations: { grafana_folder: "Services" },
      },
      data: { "services.json": JSON.stringify(fleetDashboard()) },
    },
    opts,
  );
}
