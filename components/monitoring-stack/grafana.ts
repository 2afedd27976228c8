import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type * as random from "@pulumi/random";
import { fleetDashboard } from "../../observability/dashboards/fleet-dashboard";
import type { IngressController } from "../platform";

/** How people reach Grafana. Without `https` it is plain HTTP on the load balancer's own address. */
export interface GrafanaAccess {
  /**
   * Host name and its certificate, in the terms of the platform's ingress controller (on EKS the ARN
   * of an ACM certificate); the name must be pointed at the load balancer.
   */
  readonly https?: { readonly domain: string; readonly certificate: string };
  /** CIDRs that may connect. @default everybody, which only makes sense with `https` */
  readonly allowedCidrs?: readonly string[];
}

/** Name of Grafana's Service, Ingress and admin Secret, which users' kubectl commands name. */
export const GRAFANA_NAME = "kube-prometheus-stack-grafana";
export const GRAFANA_ADMIN_USER = "admin";

/** The only place of the password in the cluster: Helm stores its values there, readable. */
export function createGrafanaAdmin(
  name: string,
  namespace: k8s.core.v1.Namespace,
  password: random.RandomPassword,
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Secret {
  return new k8s.core.v1.Secret(
    `${name}-grafana-admin`,
    {
      metadata: { name: GRAFANA_NAME, namespace: namespace.metadata.name },
      stringData: {
        "admin-user": GRAFANA_ADMIN_USER,
        "admin-password": pulumi.secret(password.result),
      },
    },
    opts,
  );
}

/** Owned here, because nobody waits for a chart's Ingress and its address (pulumi-kubernetes#1915). */
export function createGrafanaIngress(
  name: string,
  access: GrafanaAccess,
  controller: IngressController,
  release: k8s.helm.v3.Release,
  opts: pulumi.CustomResourceOptions,
): k8s.networking.v1.Ingress {
  const { https, allowedCidrs = [] } = access;
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
        annotations: controller.annotations({
          // `/` answers 302, which a load balancer takes for unhealthy.
          healthCheckPath: "/api/health",
          allowedCidrs,
          ...(https && { certificate: https.certificate }),
        }),
      },
      spec: {
        ingressClassName: controller.className,
        rules: [{ ...(https && { host: https.domain }), http: { paths: [path] } }],
      },
    },
    { ...opts, dependsOn: [release] },
  );
}

/** Known when `up` returns: the domain, or the load balancer's own address. */
export function ingressUrl(
  access: GrafanaAccess,
  { addressField }: IngressController,
  ingress: k8s.networking.v1.Ingress,
): pulumi.Output<string> {
  if (access.https) return pulumi.output(`https://${access.https.domain}`);
  const address = ingress.status.loadBalancer.apply((loadBalancer) => {
    // Pulumi waits for the address. Checked all the same: a missing property would lift to undefined.
    const addresses = loadBalancer.ingress as readonly IngressAddress[] | undefined;
    const found = addresses?.[0]?.[addressField];
    if (!found)
      throw new Error(`Ingress ${GRAFANA_NAME} must have an address; got no ${addressField}.`);
    return found;
  });
  return pulumi.interpolate`http://${address}`;
}

type IngressAddress = Partial<Record<IngressController["addressField"], string>>;

/** Address inside the cluster, for a platform that exposes nothing. */
export const clusterUrl = (namespace: pulumi.Output<string>): pulumi.Output<string> =>
  pulumi.interpolate`http://${GRAFANA_NAME}.${namespace}.svc.cluster.local`;

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
