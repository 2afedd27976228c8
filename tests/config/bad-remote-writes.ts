import { bad, type BadConfiguration, secret } from "./bad-configuration";

const URL = "https://mimir.example.com/api/v1/push";
const TOKEN = { token: secret("opaque-value") };

/** remoteWrite with these fields, and the token that it needs. */
const remote = (fields: object, ...told: string[]): BadConfiguration => ({
  set: { remoteWrite: { url: URL, ...fields }, remoteWriteSecrets: TOKEN },
  told,
});

/** Where metrics are kept for longer. */
export const REMOTE_WRITES: readonly BadConfiguration[] = [
  bad("managedPrometheus", "yes", "true or false"),
  bad("managedPrometheusSeries", 10, "a whole number from 1000", "managedPrometheusSeries 1000"),
  bad("managedPrometheusDays", 2000, "three years at most", "managedPrometheusDays 1095"),
  bad("remoteWrite", "mimir", "an object"),
  bad("remoteWriteSeries", "some", "used or all"),
  remote(
    { url: undefined, username: "42" },
    "remoteWrite.url must be the address of a remote write",
  ),
  remote({ url: "http://mimir.example.com/push" }, "https://mimir.example.com/push"),
  remote({ url: "https://me:pa55word@mimir.example.com/push" }, "without user and password"),
  remote({ url: `${URL}?tenant=1` }, "without a query"),
  remote({ user: "42" }, "remoteWrite.user must be one of the fields url, username"),
  {
    set: { remoteWrite: { url: URL } },
    told: [
      "remoteWriteSecrets.token must be the bearer token",
      "pulumi config set --secret --path remoteWriteSecrets.token '<value>'",
    ],
  },
  {
    set: { remoteWrite: { url: URL, username: "42" }, remoteWriteSecrets: TOKEN },
    told: [
      "remoteWriteSecrets.password must be the password of remoteWrite.username",
      "remoteWriteSecrets.token must be password, the only one that is read",
    ],
  },
  {
    set: {
      remoteWrite: { url: "http://mimir.metrics.svc/api/v1/push" },
      remoteWriteSecrets: { other: secret("opaque-value") },
    },
    told: ["remoteWriteSecrets.other must be token, the only one that is read"],
  },
  {
    set: { remoteWriteSecrets: TOKEN },
    told: ["remoteWriteSecrets.token must be absent without remoteWrite"],
  },
  {
    set: { remoteWrite: { url: URL }, remoteWriteSecrets: { token: "opaque-value" } },
    told: ["remoteWriteSecrets.token must be a secret; got a value in clear"],
  },
  bad("remoteWriteKeep", ["orders_total"], "absent without managedPrometheus or remoteWrite"),
  {
    set: { managedPrometheus: true, remoteWriteSeries: "all", remoteWriteKeep: ["orders_total"] },
    told: ["remoteWriteKeep must be absent where remoteWriteSeries is all"],
  },
  {
    set: { managedPrometheus: true, remoteWriteKeep: ["orders_(total"] },
    told: ["remoteWriteKeep must be a list, each item the name of a metric, or a regular"],
  },
  {
    set: { managedPrometheus: true, remoteWriteKeep: ["(?!x)orders"] },
    told: ["remoteWriteKeep must be a list, each item the name of a metric, or a regular"],
  },
];
