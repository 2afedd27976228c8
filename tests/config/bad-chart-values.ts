import { bad, type BadConfiguration, secret } from "./bad-configuration";

/** What chartValues must not hold, with the command that takes exactly that away. */
export const CHART_VALUES: readonly BadConfiguration[] = [
  bad("chartValues", "debug", "an object", "pulumi config rm chartValues"),
  bad("chartValues", [1], "an object"),
  bad(
    "chartValues",
    { grafana: { env: { GF_SMTP_PASSWORD: secret("opaque-value") } } },
    "an object without a secret",
    "pulumi config rm chartValues",
  ),
  refused({ fullnameOverride: "x" }, "fullnameOverride must be absent (", "go by the names"),
  refused({ prometheus: null }, "prometheus must be an object: the program sets values in it"),
  refused(
    { prometheus: { serviceAccount: { name: "own" } } },
    "prometheus.serviceAccount.name must be absent (the program gives a role to this account",
  ),
  refused({ grafana: { persistence: "no" } }, "grafana.persistence must be absent (persistence"),
  refused(
    { prometheus: { prometheusSpec: { storageSpec: {}, retention: "1d", logLevel: "debug" } } },
    "prometheus.prometheusSpec.storageSpec must be absent (persistence",
    "prometheus.prometheusSpec.retention must be absent (retentionDays says it)",
    "pulumi config rm --path chartValues.prometheus.prometheusSpec.storageSpec",
  ),
  refused(
    { prometheus: { prometheusSpec: { remoteWrite: [], replicaExternalLabelName: "replica" } } },
    "prometheus.prometheusSpec.remoteWrite must be absent (managedPrometheus and remoteWrite say it)",
    "prometheus.prometheusSpec.replicaExternalLabelName must be absent (",
  ),
  refused(
    { alertmanager: { config: { receivers: [{ basic_auth: { password: "pa55word" } }] } } },
    "alertmanager.config must be absent (receivers and receiverSecrets say who is told)",
  ),
  refused(
    { grafana: { adminPassword: "pa55word", admin: { existingSecret: "mine" } } },
    "grafana.admin must be absent (",
    "grafana.adminPassword must be absent (",
  ),
  refused(
    { grafana: { "grafana.ini": { smtp: { password: "pa55word", host: "smtp.example.com" } } } },
    `grafana["grafana.ini"].smtp.password must be absent (Helm's values are readable`,
  ),
  refused(
    { grafana: { "grafana.ini": { "auth.anonymous": { enabled: true } } } },
    `grafana["grafana.ini"]["auth.anonymous"] must be absent (grafanaOidc says who may log in`,
  ),
  refused({ grafana: { "grafana.ini": { database: { password: 7 } } } }, "database.password must"),
  refused(
    { grafana: { additionalDataSources: [{ secureJsonData: { httpHeaderValue1: "pa55word" } }] } },
    "grafana.additionalDataSources[0].secureJsonData.httpHeaderValue1 must be absent (",
  ),
  refused(
    {
      prometheus: {
        prometheusSpec: {
          containers: [
            { name: "proxy", env: [{ name: "ZONE", value: "a" }] },
            { name: "other", env: [{ name: "CLIENT_SECRET", value: "pa55word" }] },
          ],
          remoteRead: [{ url: "https://jo:pa55word@metrics.example.com/write" }],
        },
      },
    },
    "prometheus.prometheusSpec.containers[1].env[0].value must be absent (",
    "prometheus.prometheusSpec.remoteRead[0].url must be an address without user and password",
  ),
];

function refused(values: object, ...told: readonly string[]): BadConfiguration {
  return { set: { chartValues: values }, told };
}
