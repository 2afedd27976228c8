import { type ChartValue, memory } from "./chart-value";
import { OIDC_SECRET_VARIABLE } from "./oidc-login";
import { grafanaPersistence } from "./volumes";

/** What Grafana's values take from elsewhere. `Deferred` is the form of what other resources give. */
export interface GrafanaContext<Deferred> {
  /** Kubernetes Secret with Grafana's credentials. */
  readonly secretName: string;
  /** Changes with the credentials: a pod reads them when it starts. */
  readonly secretChecksum: Deferred;
  /** Grafana's own address, where it is known before anything is made: a domain or a node port. */
  readonly rootUrl: string | undefined;
  /** Port on every node. @default none: the Service has a cluster address only */
  readonly nodePort: number | undefined;
  /** Section `auth.generic_oauth` of grafana.ini. @default people log in as admin only */
  readonly oidc: Readonly<Record<string, string | boolean>> | undefined;
}

/** Keys of the Secret. */
export const CREDENTIALS = {
  adminUser: "admin-user",
  adminPassword: "admin-password",
  metricsUser: "metrics-user",
  metricsPassword: "metrics-password",
  oidcClientSecret: "oidc-client-secret",
} as const;

/** The user as whom Prometheus reads /metrics, which the load balancer publishes like every path. */
export const METRICS_USER = "prometheus";

/**
 * Values of Grafana, a subchart. Pure.
 *
 * Data source, folders, dashboards and settings are provisioned, so a database of its own holds nothing of
 * the stack's; without one a new pod is as good as the old.
 * @param gibibytes of the volume for a database; undefined: none is kept
 */
export function grafanaValues<Deferred>(
  gibibytes: number | undefined,
  storageClassName: Deferred | undefined,
  context: GrafanaContext<Deferred>,
): Record<string, ChartValue<Deferred>> {
  const { secretName, secretChecksum, nodePort, oidc } = context;
  return {
    admin: {
      existingSecret: secretName,
      userKey: CREDENTIALS.adminUser,
      passwordKey: CREDENTIALS.adminPassword,
    },
    podAnnotations: { "checksum/credentials": secretChecksum },
    envValueFrom: {
      GF_METRICS_BASIC_AUTH_PASSWORD: fromSecret(secretName, CREDENTIALS.metricsPassword),
      ...(oidc && { [OIDC_SECRET_VARIABLE]: fromSecret(secretName, CREDENTIALS.oidcClientSecret) }),
    },
    serviceMonitor: {
      basicAuth: {
        username: { name: secretName, key: CREDENTIALS.metricsUser },
        password: { name: secretName, key: CREDENTIALS.metricsPassword },
      },
    },
    ...(nodePort !== undefined && { service: { type: "NodePort", nodePort } }),
    // The program owns the Ingress: the chart's is not awaited, and its address not known after `up`.
    ingress: { enabled: false },
    // The program gives the sidecars' role: the chart's may read every Secret.
    rbac: { create: false },
    testFramework: { enabled: false },
    // fsGroup does the same without a root container.
    initChownData: { enabled: false },
    persistence: grafanaPersistence(gibibytes, storageClassName),
    ...(gibibytes !== undefined && keptDatabase(secretName)),
    resources: memory("100m", "512Mi", "1280Mi"),
    sidecar: {
      resources: memory("10m", "96Mi", "192Mi"),
      dashboards: {
        resource: "configmap",
        // A folder for each service: both settings are needed.
        folderAnnotation: "grafana_folder",
        provider: { foldersFromFilesStructure: true },
      },
      datasources: { resource: "configmap" },
    },
    "grafana.ini": grafanaIni(context),
  };
}

const fromSecret = (name: string, key: string) => ({ secretKeyRef: { name, key } });

function grafanaIni<Deferred>({ rootUrl, oidc }: GrafanaContext<Deferred>): ChartValue<Deferred> {
  return {
    // Grafana 13.2 replaces its bundled Prometheus data source at start and can lose it (grafana#132528).
    plugins: { preinstall_disabled: true, preinstall_auto_update: false },
    analytics: { check_for_updates: false, reporting_enabled: false },
    metrics: { basic_auth_username: METRICS_USER },
    "auth.anonymous": { enabled: false },
    users: { allow_sign_up: false },
    ...(rootUrl && { server: { root_url: rootUrl } }),
    ...(rootUrl?.startsWith("https:") && { security: { cookie_secure: true } }),
    ...(oidc && { "auth.generic_oauth": oidc }),
  };
}

/**
 * With a database kept: its password is the one of its first start, whatever the Secret says, so it is set
 * anew before every start. The image is the chart's own, in the terms of its templates.
 */
const keptDatabase = (secretName: string): Record<string, ChartValue<never>> => ({
  // A ReadWriteOnce volume cannot be attached to the old and the new pod at once.
  deploymentStrategy: { type: "Recreate" },
  extraInitContainers: [
    {
      name: "admin-password",
      image:
        "{{ .Values.global.imageRegistry | default .Values.image.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}",
      command: ["sh", "-ec", RESET_PASSWORD],
      env: [
        {
          name: "ADMIN_PASSWORD",
          valueFrom: fromSecret(secretName, CREDENTIALS.adminPassword),
        },
      ],
      resources: memory("100m", "256Mi", "512Mi"),
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        seccompProfile: { type: "RuntimeDefault" },
      },
      volumeMounts: [{ name: "storage", mountPath: "/var/lib/grafana" }],
    },
  ],
});

/** A first start has no database, and makes one with the Secret's password. */
const RESET_PASSWORD =
  '[ ! -e /var/lib/grafana/grafana.db ] || printf %s "$ADMIN_PASSWORD" | grafana cli admin reset-admin-password --password-from-stdin';
