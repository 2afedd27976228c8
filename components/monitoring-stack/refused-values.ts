/** Values of the chart that a stack must not set. Pure: the configuration is judged by it too. */
export interface RefusedValue {
  /** Keys from the top of the values; numbers are places in a list. */
  readonly path: readonly (string | number)[];
  /** Ends "PATH must be ...". */
  readonly must: string;
}

type Values = Readonly<Record<string, unknown>>;

const MADE_BY_PROGRAM = "the program makes Grafana's login and shows it as an output";
const LOGIN = "grafanaOidc says who may log in beside the admin";
const METRICS_LOGIN = "Prometheus reads /metrics with a login of the stack's own";
const RENAMES =
  "the program, its commands and the volumes' claims go by the names; volumes under others would be empty";
const OF_STACK = "services, alerts or outputs of the stack need it";
const ROLE_OF_STACK = "the program gives a role to this account of Prometheus";
const VOLUMES =
  "persistence and the keys of the volumes' sizes say it, and refuse what would lose data";
const RECEIVERS = "receivers and receiverSecrets say who is told";
const LEAKS = "it would be readable in Helm's values";

/** What breaks the stack, loses its data, or has a config key whose rules it would go past; each with its reason. Keys of a path are parted by slashes. */
export const KEPT: readonly (readonly [path: string, because: string])[] = [
  ["nameOverride", RENAMES],
  ["fullnameOverride", RENAMES],
  ["namespaceOverride", RENAMES],
  ["cleanPrometheusOperatorObjectNames", RENAMES],
  ["grafana/nameOverride", RENAMES],
  ["grafana/fullnameOverride", RENAMES],
  ["grafana/namespaceOverride", RENAMES],
  ["grafana/useStatefulSet", RENAMES],
  ["crds/enabled", OF_STACK],
  ["prometheusOperator/enabled", OF_STACK],
  ["prometheus/enabled", OF_STACK],
  ["prometheus/agentMode", OF_STACK],
  ["prometheus/serviceAccount/create", ROLE_OF_STACK],
  ["prometheus/serviceAccount/name", ROLE_OF_STACK],
  ["alertmanager/enabled", OF_STACK],
  ["grafana/enabled", OF_STACK],
  ["grafana/admin", MADE_BY_PROGRAM],
  ["grafana/adminUser", MADE_BY_PROGRAM],
  ["grafana/adminPassword", MADE_BY_PROGRAM],
  ["grafana/rbac", "the program lets Grafana read ConfigMaps and nothing else"],
  [
    "prometheus-node-exporter/namespaceOverride",
    "node-exporter has a namespace of its own, so that the others' can be restricted",
  ],
  ["grafana/ingress", "the program makes the Ingress and waits for its address"],
  ["grafana/grafana.ini/auth.anonymous", LOGIN],
  ["grafana/grafana.ini/auth.generic_oauth", LOGIN],
  ["grafana/grafana.ini/users/allow_sign_up", LOGIN],
  ["grafana/grafana.ini/metrics/basic_auth_username", METRICS_LOGIN],
  ["grafana/serviceMonitor/basicAuth", METRICS_LOGIN],
  ["grafana/extraInitContainers", "with grafanaPersistence one of them sets the password"],
  ["grafana/service/port", "Ingress and port-forward go to port 80"],
  ["grafana/persistence", VOLUMES],
  ["prometheus/prometheusSpec/storageSpec", VOLUMES],
  ["prometheus/prometheusSpec/persistentVolumeClaimRetentionPolicy", VOLUMES],
  ["alertmanager/alertmanagerSpec/storage", VOLUMES],
  ["alertmanager/alertmanagerSpec/persistentVolumeClaimRetentionPolicy", VOLUMES],
  ["prometheus/prometheusSpec/replicas", "prometheusReplicas says it"],
  ["alertmanager/alertmanagerSpec/replicas", "prometheusReplicas says it"],
  ["prometheus/prometheusSpec/retention", "retentionDays says it"],
  ["prometheus/prometheusSpec/retentionSize", "retentionSize says it"],
  ["prometheus/prometheusSpec/scrapeInterval", "scrapeInterval says it"],
  ["prometheus/prometheusSpec/evaluationInterval", "scrapeInterval says it"],
  ["prometheus/prometheusSpec/remoteWrite", "managedPrometheus and remoteWrite say it"],
  [
    "prometheus/prometheusSpec/replicaExternalLabelName",
    "long-term storage and Alertmanager tell replicas apart by it",
  ],
  ["alertmanager/config", RECEIVERS],
  ["alertmanager/stringConfig", RECEIVERS],
  ["alertmanager/alertmanagerSpec/configSecret", RECEIVERS],
  ["alertmanager/alertmanagerSpec/useExistingSecret", RECEIVERS],
  ["alertmanager/alertmanagerSpec/secrets", RECEIVERS],
  ["alertmanager/extraSecret", LEAKS],
  ["prometheus/extraSecret", LEAKS],
  ["thanosRuler/extraSecret", LEAKS],
  ["grafana/envRenderSecret", `${LEAKS}; grafana.envFromSecrets takes a Secret's name`],
  ["grafana/ldap/config", `${LEAKS}; grafana.ldap.existingSecret takes a Secret's name`],
  ["grafana/assertNoLeakedSecrets", "the chart's own check for passwords stays on"],
];

/** Such as password, client_secret, bearerToken; not bearerTokenFile, and not token_url. */
const SECRET_NAME =
  /(password|passwd|secret|token|credentials|(secret|access|account|private|api|routing)_?key)$/i;
/** The chart's keys that take the name of a Secret. */
const REFERENCE = /(existing|config|envFrom)Secret$/i;
/** What Grafana reads from its environment or a file when it starts. */
const EXPANSION = /^\$(__(env|file|vault))?\{[^}]+\}$|^\$\w+$/;
const LOGIN_IN_ADDRESS = /:\/\/[^/\s:@]*:[^/\s@]+@/;

/** Why a secret must not be in the values, and where it goes. */
export const INTO_A_SECRET =
  "Helm's values are readable; put it into a Kubernetes Secret and name that: docs/escape-hatches.md";

/** @returns every value that must not be there, each once */
export function refusedValues(values: Values): readonly RefusedValue[] {
  const found = [
    ...KEPT.flatMap(([path, because]) => keptIn(values, path.split("/"), because)),
    ...secretsIn(values, []),
  ];
  return found.filter(
    ({ path }, index) => !found.slice(0, index).some((earlier) => holds(earlier.path, path)),
  );
}

/** Whether a path is the other or leads to it. */
const holds = (path: RefusedValue["path"], other: RefusedValue["path"]): boolean =>
  path.every((key, index) => key === other[index]);

/** The value itself, or what stands in the place of an object that it would be in. */
function keptIn(values: Values, path: readonly string[], because: string): RefusedValue[] {
  let at: unknown = values;
  for (const [index, key] of path.entries()) {
    if (!isRecord(at)) {
      return [{ path: path.slice(0, index), must: "an object: the program sets values in it" }];
    }
    if (!(key in at)) return [];
    at = at[key];
  }
  return [{ path, must: `absent (${because})` }];
}

/** What holds a secret by its name: Helm keeps values in the cluster, readable. */
function secretsIn(value: unknown, path: RefusedValue["path"]): RefusedValue[] {
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) => secretsIn(item, [...path, index]));
  }
  if (isRecord(value)) {
    return Object.entries(value).flatMap(([key, item]) => {
      // An item of a container's `env` has its name beside its value.
      const name = key === "value" && typeof value.name === "string" ? value.name : key;
      return isSecret(name, item, path)
        ? [{ path: [...path, key], must: `absent (${INTO_A_SECRET})` }]
        : secretsIn(item, [...path, key]);
    });
  }
  if (typeof value !== "string" || !LOGIN_IN_ADDRESS.test(value)) return [];
  return [{ path, must: "an address without user and password (Helm's values are readable)" }];
}

/** @param path of the object that the value is in */
function isSecret(name: string, value: unknown, path: RefusedValue["path"]): boolean {
  // The CLI makes a number of digits.
  if ((typeof value !== "string" || value === "") && typeof value !== "number") return false;
  const isNamedSo = SECRET_NAME.test(name) && !REFERENCE.test(name);
  return (isNamedSo || path.includes("secureJsonData")) && !EXPANSION.test(String(value));
}

const isRecord = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);
