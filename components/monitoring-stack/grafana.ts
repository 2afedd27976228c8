import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type * as random from "@pulumi/random";
import { fleetDashboard } from "../../observability/dashboards/fleet-dashboard";

/** How people reach Grafana. Without `https` it is plain HTTP on the load balancer's own name. */
export interface GrafanaAccess {
  /** Host name and its ACM certificate; the name must be pointed at the load balancer. */
  readonly https?: { readonly domain: string; readonly certificateArn: string };
  /** CIDRs that may connect. @default everybody, which only makes sense with `https` */
  readonly allowedCidrs?: readonly string[];
}

/** Name of Grafana's Service, Ingress and admin Secret: the tutorial's kubectl commands ask for it. */
export const GRAFANA_NAME = "kube-prometheus-stack-grafana";
export const GRAFANA_ADMIN_USER = "admin";

/** The password is in this Secret and nowhere else: Helm keeps all its values in the cluster, readable. */
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
  args: { readonly grafana: GrafanaAccess; readonly ingressClassName: pulumi.Input<string> },
  release: k8s.helm.v3.Release,
  opts: pulumi.CustomResourceOptions,
): k8s.networking.v1.Ingress {
  const { https, allowedCidrs = [] } = args.grafana;
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
        annotations: {
          "alb.ingress.kubernetes.io/target-type": "ip",
          // `/` answers 302, which the load balancer takes for unhealthy.
          "alb.ingress.kubernetes.io/healthcheck-path": "/api/health",
          ...(allowedCidrs.length > 0 && {
            "alb.ingress.kubernetes.io/inbound-cidrs": allowedCidrs.join(","),
          }),
          ...(https && {
            "alb.ingress.kubernetes.io/listen-ports": '[{"HTTP":80},{"HTTPS":443}]',
            "alb.ingress.kubernetes.io/ssl-redirect": "443",
            "alb.ingress.kubernetes.io/certificate-arn": https.certificateArn,
          }),
        },
      },
      spec: {
        ingressClassName: args.ingressClassName,
        rules: [{ ...(https && { host: https.domain }), http: { paths: [path] } }],
      },
    },
    { ...opts, dependsOn: [release] },
  );
}

/** Known when `up` returns: the domain, or the load balancer's own name. */
export function grafanaUrl(
  grafana: GrafanaAccess,
  ingress: k8s.networking.v1.Ingress,
): pulumi.Output<string> {
  const hostname = ingress.status.loadBalancer.apply((loadBalancer) => {
    // Pulumi waits for the address; guarded all the same, because what is missing lifts to undefined.
    const addresses = loadBalancer.ingress as readonly { hostname?: string }[] | undefined;
    const found = addresses?.[0]?.hostname;
    if (!found) throw new Error(`Ingress ${GRAFANA_NAME} has no load balancer address`);
    return found;
  });
  return grafana.https
    ? pulumi.interpolate`https://${grafana.https.domain}`
    : pulumi.interpolate`http://${hostname}`;
}

/** One row for each instrumented service, the fastest burning one on top. */
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
