import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { GRAFANA_NAME, type GrafanaAccess } from "./grafana";
import { CREDENTIALS, METRICS_USER } from "./grafana-values";

export const GRAFANA_ADMIN_USER = "admin";

export interface GrafanaCredentials {
  /** Their only place in the cluster: Helm stores its values there, readable. */
  readonly secret: k8s.core.v1.Secret;
  /** Secret. */
  readonly adminPassword: pulumi.Output<string>;
  /** Changes with any of them, and tells none. */
  readonly checksum: pulumi.Output<string>;
}

/** Without special characters: Grafana takes `$` and braces in a value for a variable. */
const PASSWORD = { length: 40, special: false };

/** The Secret that Grafana, its sidecars and Prometheus read, with passwords that nobody has to think of. */
export function createGrafanaCredentials(
  name: string,
  { oidc }: GrafanaAccess,
  namespace: k8s.core.v1.Namespace,
  opts: pulumi.CustomResourceOptions,
): GrafanaCredentials {
  const admin = new random.RandomPassword(`${name}-grafana-admin`, PASSWORD, opts);
  const metrics = new random.RandomPassword(`${name}-grafana-metrics`, PASSWORD, opts);
  const adminPassword = pulumi.secret(admin.result);
  const secrets = {
    [CREDENTIALS.adminPassword]: adminPassword,
    [CREDENTIALS.metricsPassword]: pulumi.secret(metrics.result),
    ...(oidc && { [CREDENTIALS.oidcClientSecret]: pulumi.secret(oidc.clientSecret) }),
  };
  const secret = new k8s.core.v1.Secret(
    `${name}-grafana-admin`,
    {
      metadata: { name: GRAFANA_NAME, namespace: namespace.metadata.name },
      stringData: {
        [CREDENTIALS.adminUser]: GRAFANA_ADMIN_USER,
        [CREDENTIALS.metricsUser]: METRICS_USER,
        ...secrets,
      },
    },
    opts,
  );
  return { secret, adminPassword, checksum: pulumi.unsecret(checksumOf(secrets)) };
}

/** Nobody can guess from it: two of the texts have 40 letters and digits by chance (238 bits each). */
const checksumOf = (secrets: Readonly<Record<string, pulumi.Output<string>>>) =>
  pulumi
    .all(secrets)
    .apply((known) => createHash("sha256").update(JSON.stringify(known)).digest("hex"));
