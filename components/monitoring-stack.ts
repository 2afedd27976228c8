import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { versions } from "../versions";
import { kubePrometheusStackValues } from "./kube-prometheus-stack-values";

/** Who watches. Plain values decide which children exist and what the chart is told. */
export interface MonitoringStackArgs {
  /** Namespace to make for the chart. */
  readonly namespace: string;
  /** Kubernetes minor of the cluster, such as "1.35". */
  readonly kubernetesVersion: string;
  /** IngressClass of controller alb. */
  readonly ingressClassName: pulumi.Input<string>;
  readonly storageClassName: pulumi.Input<string>;
  readonly retentionDays: number;
  /** Such as "40GiB". @default 85 % of Prometheus' volume; no limit without one. */
  readonly retentionSize?: string;
  /** Prometheus duration. */
  readonly scrapeInterval: string;
  /** Replicas of Prometheus and of Alertmanager. @default 1 */
  readonly replicas?: number;
  /** Volume sizes in GiB. @default everything in emptyDirs, lost with the pod */
  readonly volumes?: {
    readonly prometheus: number;
    readonly alertmanager: number;
    readonly grafana: number;
  };
  readonly grafana: GrafanaAccess;
  /** Pulumi `protect` on the release and its namespace, which hold the data. @default false */
  readonly deletionProtection?: boolean;
}

/** How people reach Grafana. Without `https` it is plain HTTP on the load balancer's own name. */
export interface GrafanaAccess {
  /** Host name and its ACM certificate; the name must be pointed at the load balancer. */
  readonly https?: { readonly domain: string; readonly certificateArn: string };
  /** CIDRs that may connect. @default everybody, which only makes sense with `https` */
  readonly allowedCidrs?: readonly string[];
}

/** The tutorial's names: its kubectl commands for address and password work unchanged. */
const RELEASE = "kube-prometheus-stack";
const GRAFANA = `${RELEASE}-grafana`;
const ADMIN_USER = "admin";
/** Cold nodes, image pulls and webhook jobs; Helm's own default of 300 s is too short for them. */
const HELM_TIMEOUT_SECONDS = 900;

/**
 * kube-prometheus-stack by Helm, with Grafana behind an Ingress whose address is known when
 * `pulumi up` returns.
 *
 * ```ts
 * new MonitoringStack("monitoring", { namespace: "prometheus", ... }, { provider: cluster.provider });
 * ```
 */
export class MonitoringStack extends pulumi.ComponentResource {
  readonly grafanaUrl: pulumi.Output<string>;
  readonly grafanaAdminUser: pulumi.Output<string>;
  /** Secret. With persistence Grafana reads it at its first start only. */
  readonly grafanaAdminPassword: pulumi.Output<string>;
  /** Label `release` of monitors and rules. Resolves when the CRDs and their webhooks are there. */
  readonly releaseName: pulumi.Output<string>;
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: MonitoringStackArgs, opts?: pulumi.ComponentResourceOptions) {
    super("eks-monitoring:index:MonitoringStack", name, args, opts);
    const child = { parent: this };
    const guarded = { parent: this, protect: args.deletionProtection ?? false };

    const namespace = createNamespace(name, args.namespace, guarded);
    const password = new random.RandomPassword(`${name}-grafana-admin`, { length: 32 }, child);
    const admin = createAdminSecret(name, namespace, password, child);
    const release = createRelease(name, args, namespace, admin, guarded);
    const ingress = createIngress(name, args, release, child);

    this.namespace = namespace.metadata.name;
    this.releaseName = release.name;
    this.grafanaUrl = grafanaUrl(args.grafana, ingress);
    this.grafanaAdminUser = pulumi.output(ADMIN_USER);
    this.grafanaAdminPassword = pulumi.secret(password.result);
    this.registerOutputs({
      namespace: this.namespace,
      releaseName: this.releaseName,
      grafanaUrl: this.grafanaUrl,
      grafanaAdminUser: this.grafanaAdminUser,
      grafanaAdminPassword: this.grafanaAdminPassword,
    });
  }
}

function createNamespace(
  name: string,
  namespace: string,
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Namespace {
  return new k8s.core.v1.Namespace(
    name,
    {
      metadata: {
        name: namespace,
        // node-exporter needs the host's network, processes and root file system.
        labels: { "pod-security.kubernetes.io/enforce": "privileged" },
      },
    },
    opts,
  );
}

/** The password is in this Secret and nowhere else: Helm keeps all its values in the cluster, readable. */
function createAdminSecret(
  name: string,
  namespace: k8s.core.v1.Namespace,
  password: random.RandomPassword,
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Secret {
  return new k8s.core.v1.Secret(
    `${name}-grafana-admin`,
    {
      metadata: { name: GRAFANA, namespace: namespace.metadata.name },
      stringData: { "admin-user": ADMIN_USER, "admin-password": pulumi.secret(password.result) },
    },
    opts,
  );
}

function createRelease(
  name: string,
  args: MonitoringStackArgs,
  namespace: k8s.core.v1.Namespace,
  admin: k8s.core.v1.Secret,
  opts: pulumi.CustomResourceOptions,
): k8s.helm.v3.Release {
  const facts = {
    kubernetesVersion: args.kubernetesVersion,
    retentionDays: args.retentionDays,
    retentionSize: args.retentionSize ?? "",
    scrapeInterval: args.scrapeInterval,
    replicas: args.replicas ?? 1,
    adminSecretName: GRAFANA,
    grafanaRootUrl: args.grafana.https && `https://${args.grafana.https.domain}`,
    volumes: args.volumes,
  };
  return new k8s.helm.v3.Release(
    name,
    {
      // Unset, Pulumi would make a name up, and the chart puts it into every object's name.
      name: RELEASE,
      namespace: namespace.metadata.name,
      chart: versions.kubePrometheusStack.chart,
      version: versions.kubePrometheusStack.version,
      values: kubePrometheusStackValues(facts, args.storageClassName),
      // A failed install is taken back whole, so that the next `up` starts clean.
      atomic: true,
      cleanupOnFail: true,
      skipAwait: false,
      timeout: HELM_TIMEOUT_SECONDS,
      maxHistory: 5,
    },
    { ...opts, dependsOn: [admin] },
  );
}

/** Owned here, because nobody waits for a chart's Ingress and its address (pulumi-kubernetes#1915). */
function createIngress(
  name: string,
  args: MonitoringStackArgs,
  release: k8s.helm.v3.Release,
  opts: pulumi.CustomResourceOptions,
): k8s.networking.v1.Ingress {
  const { https, allowedCidrs = [] } = args.grafana;
  const path = {
    path: "/",
    pathType: "Prefix",
    backend: { service: { name: GRAFANA, port: { number: 80 } } },
  };
  return new k8s.networking.v1.Ingress(
    `${name}-grafana`,
    {
      metadata: {
        name: GRAFANA,
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

function grafanaUrl(
  grafana: GrafanaAccess,
  ingress: k8s.networking.v1.Ingress,
): pulumi.Output<string> {
  const hostname = ingress.status.loadBalancer.apply((loadBalancer) => {
    // Pulumi waits for the address; guarded all the same, because what is missing lifts to undefined.
    const addresses = loadBalancer.ingress as readonly { hostname?: string }[] | undefined;
    const found = addresses?.[0]?.hostname;
    if (!found) throw new Error(`Ingress ${GRAFANA} has no load balancer address`);
    return found;
  });
  return grafana.https
    ? pulumi.interpolate`https://${grafana.https.domain}`
    : pulumi.interpolate`http://${hostname}`;
}
