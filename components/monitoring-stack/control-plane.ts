import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type ApiServerMetrics, CONTROL_PLANE_TARGETS, type Platform } from "../platform";
import type { ChartValue } from "./chart-value";
import { PROMETHEUS } from "./prometheus";

type ControlPlane = Pick<Platform, "controlPlaneTargets" | "apiServerMetrics">;

/** Jobs that the chart's rules and dashboards look for. */
const JOBS: Readonly<Record<ApiServerMetrics["target"], string>> = {
  kubeControllerManager: "kube-controller-manager",
  kubeScheduler: "kube-scheduler",
};
/** The API server's Service, which is in its certificate. It outlives each single API server. */
const API_SERVER = "kubernetes.default.svc:443";
const SERVICE_ACCOUNT_FILES = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * Values of the chart: rules and dashboards of what is scraped, and nothing of what is not, whose "down" alert
 * would fire for ever. Where the API server has the metrics there are no pods for the chart's Service to find.
 */
export const controlPlaneValues = ({
  controlPlaneTargets,
  apiServerMetrics = [],
}: ControlPlane): Record<string, ChartValue<never>> =>
  Object.fromEntries(
    CONTROL_PLANE_TARGETS.map((name) => {
      const elsewhere = apiServerMetrics.some(({ target }) => target === name);
      const off = { enabled: false };
      return elsewhere
        ? [name, { enabled: true, service: off, serviceMonitor: off }]
        : [name, { enabled: controlPlaneTargets.includes(name) }];
    }),
  );

/**
 * Lets Prometheus read what the API server hands out. Not under the chart's names: on an upgrade Helm deletes
 * those.
 * @returns what Prometheus' pods must wait for; nothing where there is nothing to read
 */
export function createControlPlaneRole(
  name: string,
  { apiServerMetrics: metrics = [] }: ControlPlane,
  namespace: k8s.core.v1.Namespace,
  opts: pulumi.CustomResourceOptions,
): k8s.rbac.v1.ClusterRoleBinding[] {
  if (metrics.length === 0) return [];
  const metadata = { name: `${PROMETHEUS}-control-plane` };
  const role = new k8s.rbac.v1.ClusterRole(
    `${name}-control-plane`,
    {
      metadata,
      rules: metrics.map(({ apiGroup, resource }) => ({
        apiGroups: [apiGroup],
        resources: [resource],
        verbs: ["get"],
      })),
    },
    opts,
  );
  const account = { name: PROMETHEUS, namespace: namespace.metadata.name };
  const binding = new k8s.rbac.v1.ClusterRoleBinding(
    `${name}-control-plane`,
    {
      metadata,
      roleRef: {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "ClusterRole",
        name: role.metadata.name,
      },
      subjects: [{ kind: "ServiceAccount", ...account }],
    },
    opts,
  );
  return [binding];
}

/** A ServiceMonitor for each part whose metrics the API server hands out. */
export function createControlPlaneMonitors(
  name: string,
  { apiServerMetrics = [] }: ControlPlane,
  namespace: k8s.core.v1.Namespace,
  release: k8s.helm.v3.Release,
  opts: pulumi.CustomResourceOptions,
): void {
  for (const metrics of apiServerMetrics) createMonitor(name, metrics, namespace, release, opts);
}

/**
 * Found by the Service of the API servers, as the chart does for their own metrics. Each of them would answer
 * with the same series, and sums would count all of them; so every target becomes the Service itself, and
 * Prometheus takes equal targets for one. It keeps its connection, and so mostly the server behind it.
 */
function createMonitor(
  name: string,
  { target, path }: ApiServerMetrics,
  namespace: k8s.core.v1.Namespace,
  release: k8s.helm.v3.Release,
  opts: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  const job = JOBS[target];
  return new k8s.apiextensions.CustomResource(
    `${name}-${job}`,
    {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "ServiceMonitor",
      metadata: {
        name: job,
        namespace: namespace.metadata.name,
        labels: { release: release.name, "app.kubernetes.io/managed-by": "pulumi" },
      },
      spec: {
        namespaceSelector: { matchNames: ["default"] },
        selector: { matchLabels: { component: "apiserver", provider: "kubernetes" } },
        endpoints: [
          {
            port: "https",
            scheme: "https",
            path,
            bearerTokenFile: `${SERVICE_ACCOUNT_FILES}/token`,
            tlsConfig: { caFile: `${SERVICE_ACCOUNT_FILES}/ca.crt` },
            // With the default written out: an up that repeats a create whose answer was lost would be refused
            // a list that differs from the one with the defaults in.
            relabelings: [
              { action: "replace", targetLabel: "__address__", replacement: API_SERVER },
              { action: "replace", targetLabel: "job", replacement: job },
            ],
          },
        ],
      },
    },
    opts,
  );
}
