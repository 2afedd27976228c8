import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { WatchedService } from "../../observability/written-metrics";
import { versions } from "../../versions";
import { type FixedInput, keepInputs } from "../fixed-inputs";
import { TAKEN_BACK, versionOf } from "../helm-release";
import type { ControlPlaneTarget, Platform } from "../platform";
import type { OtlpReceiver, Watcher } from "../watcher";
import { type Alerting, type AlertingArgs, createAlerting, warnOfSilence } from "./alerting";
import { type ChartArgs, kubePrometheusStackValues } from "./chart-values";
import { createControlPlaneMonitors, createControlPlaneRole } from "./control-plane";
import {
  createFleetDashboard,
  createGrafanaIngress,
  createGrafanaRole,
  GRAFANA_NAME,
  type GrafanaAccess,
  type GrafanaAddress,
  ingressAddress,
  nodePortUrl,
  portForward,
} from "./grafana";
import {
  createGrafanaCredentials,
  GRAFANA_ADMIN_USER,
  type GrafanaCredentials,
} from "./grafana-credentials";
import { domainCertificate, pointDomain } from "./grafana-domain";
import { oidcSettings } from "./oidc-login";
import { createMonitoringNamespace, createNodeExporterNamespace } from "./namespaces";
import { createMonitoringPolicies } from "./network-policies";
import { otlpReceiverOf } from "./otlp-receiver";
import { createPriorityClass } from "./priority";
import { prometheusAddress } from "./prometheus";
import { withOwnValues } from "./own-values";
import {
  createRemoteWrite,
  isWritten,
  type RemoteWrite,
  type RemoteWriteArgs,
  type WrittenArgs,
} from "./remote-write";
import { volumeHook, type VolumeInputs } from "./volume-changes";

/** Arguments of MonitoringStack. Plain values, where they decide which resources are made. */
export interface MonitoringStackArgs extends ChartArgs {
  /** Namespace to make for the chart. */
  readonly namespace: string;
  /** Folder or archive of the pinned chart, or its oci:// address. @default its own registry's */
  readonly chart?: string;
  /**
   * Values of the chart over those of the program, as Helm takes a second file of values. No secret, and
   * nothing that another argument says (docs/escape-hatches.md).
   * @default none
   */
  readonly values?: Readonly<Record<string, unknown>>;
  /** The cluster to run on. */
  readonly platform: Platform;
  readonly grafana: GrafanaAccess;
  readonly alerting: AlertingArgs;
  /** Where metrics are kept for longer than `retentionDays`. @default nowhere */
  readonly remoteWrite?: RemoteWriteArgs | undefined;
  /** Services whose metrics long-term storage has to have. @default none */
  readonly watches?: readonly WatchedService[];
  /** Address of docs/runbooks on the web, without a slash at its end. @default alerts name the page only */
  readonly runbookBaseUrl?: string;
  /** Pulumi `protect` on the release and its namespace, which hold the data. @default false */
  readonly deletionProtection?: boolean;
}

/** The chart names its objects after it, so the tutorial's commands work (docs/architecture.md). */
const RELEASE = "kube-prometheus-stack";
/** Enough for the first node to start and for all images; Helm's default is 300 s. */
const HELM_TIMEOUT_SECONDS = 900;

const TYPE = "kubernetes-monitoring:index:MonitoringStack";

export const FIXED_MONITORING_INPUTS: readonly FixedInput[] = [
  {
    input: "namespace",
    key: "monitoringNamespace",
    because: "Helm cannot move a release, and its volumes stay in their namespace",
  },
];

/**
 * kube-prometheus-stack by Helm, with Grafana at an address that is known when `pulumi up` returns:
 * behind an Ingress where the platform has a controller, else on a node port or by kubectl port-forward.
 *
 * ```ts
 * new MonitoringStack("monitoring", { namespace: "prometheus", platform, ... }, { providers: platform.providers });
 * ```
 */
export class MonitoringStack extends pulumi.ComponentResource implements Watcher {
  readonly grafanaUrl: pulumi.Output<string>;
  /** Host name or IP of Grafana's load balancer, at which a domain has to point; undefined where there is none. */
  readonly grafanaLoadBalancer: pulumi.Output<string> | undefined;
  /** What has to run for grafanaUrl to answer; undefined where it is open. */
  readonly grafanaCommand: pulumi.Output<string> | undefined;
  /** Always "admin". */
  readonly grafanaAdminUser: pulumi.Output<string>;
  /** Secret. A new one is a new pod of Grafana, which takes it. */
  readonly grafanaAdminPassword: pulumi.Output<string>;
  /** Label `release` of monitors and rules. Resolves when the CRDs and their webhooks are there. */
  readonly releaseName: pulumi.Output<string>;
  /** Namespace of the chart, when it is there. */
  readonly namespace: pulumi.Output<string>;
  /**
   * Where pods of the cluster ask Prometheus: its Service, which with several replicas keeps each asker with
   * one of them.
   */
  readonly prometheusUrl: pulumi.Output<string>;
  /** PriorityClass of what has to outlive the services. */
  readonly priorityClassName: pulumi.Output<string>;
  /** Another whenever the chart, its values or Grafana's credentials have changed. */
  readonly revision: pulumi.Output<string>;
  readonly retentionDays: number;
  readonly otlp?: OtlpReceiver;
  readonly runbookBaseUrl?: string;
  readonly isWritten?: (metric: string) => boolean;

  constructor(name: string, args: MonitoringStackArgs, opts?: pulumi.ComponentResourceOptions) {
    // Not all args: the receivers' secrets are among them, and component inputs are kept in state.
    const { namespace: namespaceName, replicas = 1, volumes } = args;
    const inputs: VolumeInputs = {
      namespace: namespaceName,
      replicas,
      ...(volumes && { volumes }),
    };
    const hooks = { beforeUpdate: [volumeHook(name, args.platform)] };
    super(
      TYPE,
      name,
      inputs,
      keepInputs(TYPE, name, FIXED_MONITORING_INPUTS, pulumi.mergeOptions(opts, { hooks })),
    );
    const child = { parent: this };
    const guarded = { parent: this, protect: args.deletionProtection ?? false };
    if (guarded.protect) warnOfSilence(args.alerting);

    const namespace = createMonitoringNamespace(name, args.namespace, guarded);
    const nodeExporter = createNodeExporterNamespace(name, args.namespace, child);
    const credentials = createGrafanaCredentials(name, args.grafana, namespace, child);
    const role = createGrafanaRole(name, namespace, child);
    const alerting = createAlerting(name, args.alerting, args.platform, namespace, child);
    const scrapes = createControlPlaneRole(name, args.platform, namespace, child);
    const policies = createMonitoringPolicies(name, namespace, args, child);
    const written = writtenArgs(args);
    const remoteWrite =
      written && createRemoteWrite(name, written, args.platform, namespace, guarded);
    if (written) this.isWritten = isWritten(written);
    const priority = createPriorityClass(name, child);
    const placement = { namespace, nodeExporter, priority };
    const release = createRelease(name, args, placement, credentials, alerting, remoteWrite, {
      ...guarded,
      dependsOn: [
        ...(args.platform.nodes ?? []),
        credentials.secret,
        role,
        ...scrapes,
        ...policies,
        ...alerting.dependsOn,
        ...(remoteWrite?.dependsOn ?? []),
      ],
    });
    createControlPlaneMonitors(name, args.platform, namespace, release, child);
    createFleetDashboard(name, namespace, child);
    this.retentionDays = args.retentionDays;
    const otlp = otlpReceiverOf(args, release.namespace);
    if (otlp) this.otlp = otlp;
    if (args.runbookBaseUrl !== undefined) this.runbookBaseUrl = args.runbookBaseUrl;
    this.namespace = namespace.metadata.name;
    this.releaseName = release.name;
    this.prometheusUrl = prometheusAddress(this.namespace);
    this.priorityClassName = priority.metadata.name;
    // As Helm counts: the values hold a checksum of the credentials.
    this.revision = release.status.revision.apply(String);
    const { url, loadBalancer, command } = exposeGrafana(name, args, release, child);
    this.grafanaUrl = url;
    this.grafanaLoadBalancer = loadBalancer;
    this.grafanaCommand = command;
    this.grafanaAdminUser = pulumi.output(GRAFANA_ADMIN_USER);
    this.grafanaAdminPassword = credentials.adminPassword;
    this.registerOutputs({
      namespace: this.namespace,
      releaseName: this.releaseName,
      grafanaUrl: this.grafanaUrl,
      ...(loadBalancer && { grafanaLoadBalancer: loadBalancer }),
      ...(command && { grafanaCommand: command }),
      grafanaAdminUser: this.grafanaAdminUser,
      grafanaAdminPassword: this.grafanaAdminPassword,
    });
  }
}

const writtenArgs = (args: MonitoringStackArgs): WrittenArgs | undefined =>
  args.remoteWrite && {
    ...args.remoteWrite,
    services: args.watches ?? [],
    controlPlaneTargets: everyTarget(args.platform),
  };

/** Parts of the control plane that are scraped, wherever they answer. */
const everyTarget = ({
  controlPlaneTargets,
  apiServerMetrics = [],
}: Platform): ControlPlaneTarget[] => [
  ...controlPlaneTargets,
  ...apiServerMetrics.map(({ target }) => target),
];

/** @throws Error where the platform cannot expose Grafana as the arguments ask for */
function exposeGrafana(
  name: string,
  { grafana, platform }: MonitoringStackArgs,
  release: k8s.helm.v3.Release,
  opts: pulumi.CustomResourceOptions,
): GrafanaAddress {
  const { ingressController: controller, kubectl } = platform;
  if (controller) {
    const { https } = grafana;
    const certificate = domainCertificate(name, https, platform, opts);
    const ingress = createGrafanaIngress(name, grafana, certificate, controller, release, opts);
    return pointDomain(name, https, platform, ingressAddress(grafana, ingress), opts);
  }
  if (grafana.https) {
    throw new Error(
      `grafana.https must be left out; got ${grafana.https.domain}, and the platform has no ingress controller. Fix: leave it out, and reach Grafana by a node port or kubectl port-forward.`,
    );
  }
  const url = knownUrl(grafana, platform);
  // Only when Grafana runs does its address answer.
  if (url !== undefined) return { url: release.name.apply(() => url) };
  return portForward(kubectl, release.namespace);
}

/** Grafana's address, where it is known before anything is made. */
function knownUrl(
  { https, nodePort }: GrafanaAccess,
  { nodeAddress }: Platform,
): string | undefined {
  if (https) return `https://${https.domain}`;
  if (nodePort === undefined) return undefined;
  if (nodeAddress !== undefined) return nodePortUrl(nodeAddress, nodePort);
  throw new Error(
    `grafana.nodePort must be left out; got ${nodePort}, and the platform has no address for node ports. Fix: leave it out.`,
  );
}

/** Where the chart's pods are, and which of others' make room for them. */
interface Placement {
  readonly namespace: k8s.core.v1.Namespace;
  readonly nodeExporter: k8s.core.v1.Namespace;
  readonly priority: k8s.scheduling.v1.PriorityClass;
}

function createRelease(
  name: string,
  args: MonitoringStackArgs,
  { namespace, nodeExporter, priority }: Placement,
  credentials: GrafanaCredentials,
  alerting: Alerting,
  remoteWrite: RemoteWrite | undefined,
  opts: pulumi.CustomResourceOptions,
): k8s.helm.v3.Release {
  const { platform, grafana } = args;
  const { chart: upstream, version } = versions.kubePrometheusStack;
  const { chart = upstream, values: own = {} } = args;
  const values = kubePrometheusStackValues<pulumi.Input<unknown>>(args, {
    platform,
    storageClassName: platform.storageClassName,
    nodeExporterNamespace: nodeExporter.metadata.name,
    priorityClassName: priority.metadata.name,
    grafana: {
      secretName: GRAFANA_NAME,
      secretChecksum: credentials.checksum,
      rootUrl: knownUrl(grafana, platform),
      nodePort: grafana.nodePort,
      oidc: grafana.oidc && oidcSettings(grafana.oidc),
    },
    alertmanagerConfig: alerting.config,
    receiverSecretNames: alerting.secretNames,
    ...(remoteWrite && { remoteWrite: remoteWrite.endpoints }),
  });
  return new k8s.helm.v3.Release(
    name,
    {
      // Without a name Pulumi makes one up, and the chart puts it into every object's name.
      name: RELEASE,
      namespace: namespace.metadata.name,
      chart,
      ...versionOf(chart, version),
      values: withOwnValues(values, own),
      ...TAKEN_BACK,
      timeout: HELM_TIMEOUT_SECONDS,
    },
    opts,
  );
}
