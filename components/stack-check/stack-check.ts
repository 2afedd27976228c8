import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { versions } from "../../versions";
import { GRAFANA_NAME } from "../monitoring-stack/grafana";
import type { Platform } from "../platform";
import { allowReading } from "./access";
import { createJob, PATIENCE_SECONDS, SERVICE_ACCOUNT, TERMINATION_LOG } from "./job";

/** Arguments of StackCheck. */
export interface StackCheckArgs {
  /** What has to work, and watch the services. */
  readonly monitoring: CheckedMonitoring;
  /** Services whose metrics have to arrive. */
  readonly services: readonly CheckedService[];
  /** The cluster that both are on. */
  readonly platform: Platform;
  /** Image with Node 20 or newer, whose entrypoint is node or the official image's. @default the one that versions.ts pins, by digest */
  readonly image?: string;
}

/** What watches, as the check sees it; a MonitoringStack is it. */
export interface CheckedMonitoring extends pulumi.ComponentResource {
  /** Namespace of all that is checked. */
  readonly namespace: pulumi.Output<string>;
  /** Beginning of the names of Prometheus and Alertmanager. */
  readonly releaseName: pulumi.Output<string>;
  /** Another one is checked again. */
  readonly revision: pulumi.Output<string>;
}

/** A service as the check sees it; an InstrumentedService is one. */
export interface CheckedService extends pulumi.ComponentResource {
  /** Of the service. */
  readonly name: string;
  /** Reference of its image; another one is checked again. */
  readonly image: pulumi.Output<string>;
  /** PromQL selector of series that are 1, once for each pod, while the pod's metrics arrive. */
  readonly alive: pulumi.Output<string>;
}

const SCRIPT = ["check.cjs", "cluster.cjs", "grafana.cjs", "patience.cjs"];

/**
 * A Job that `up` waits for: Prometheus and Alertmanager are available, Grafana takes the password that
 * the stack puts out and reaches Prometheus, and every service's metrics arrive. Where that is not so, `up`
 * fails with the one sentence that says what and why.
 *
 * ```ts
 * new StackCheck("stack-check", { monitoring, services, platform }, { providers: platform.providers });
 * ```
 * It runs again when the chart, its values, the password, a service or its image have changed.
 */
export class StackCheck extends pulumi.ComponentResource {
  constructor(name: string, args: StackCheckArgs, opts?: pulumi.ComponentResourceOptions) {
    const { monitoring, services, image = defaultImage() } = args;
    // No args: they are other components.
    super("kubernetes-monitoring:index:StackCheck", name, {}, opts);
    const child = { parent: this };

    const access = allowReading(name, monitoring.namespace, child);
    const data = { ...scriptFiles(), "stack.json": settings(args) };
    const script = new k8s.core.v1.ConfigMap(
      name,
      { metadata: { name, namespace: monitoring.namespace }, data },
      child,
    );
    const changes = pulumi.jsonStringify([
      data,
      monitoring.revision,
      services.map((service) => service.image),
    ]);
    createJob(
      name,
      {
        namespace: monitoring.namespace,
        image,
        serviceAccount: access.serviceAccount.metadata.name,
        script: script.metadata.name,
        grafanaSecret: GRAFANA_NAME,
        checksum: changes.apply((text) => createHash("sha256").update(text).digest("hex")),
      },
      { ...child, dependsOn: [monitoring, ...services, ...access.dependsOn] },
    );
    this.registerOutputs({});
  }
}

const defaultImage = (): string => `gcr.io/distroless/nodejs24-debian13:${versions.node}`;

const scriptFiles = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    SCRIPT.map((file) => [file, readFileSync(path.join(__dirname, "script", file), "utf8")]),
  );

/** What the script reads beside it; the password is in its environment. */
function settings({ monitoring, services, platform }: StackCheckArgs): pulumi.Output<string> {
  const { releaseName, namespace } = monitoring;
  return pulumi.jsonStringify({
    seconds: PATIENCE_SECONDS,
    apiServer: "https://kubernetes.default.svc",
    tokenFile: `${SERVICE_ACCOUNT}/token`,
    terminationLog: TERMINATION_LOG,
    kubectl: platform.kubectl,
    namespace,
    prometheus: pulumi.interpolate`${releaseName}-prometheus`,
    alertmanager: pulumi.interpolate`${releaseName}-alertmanager`,
    grafana: {
      url: pulumi.interpolate`http://${GRAFANA_NAME}.${namespace}.svc`,
      name: GRAFANA_NAME,
    },
    services: services.map(({ name, alive }) => ({ name, alive })),
  });
}
