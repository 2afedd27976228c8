import type { RuleGroup } from "../observability/alerts/alert-rule";
import type { AlertmanagerConfig } from "../observability/alertmanager/alertmanager-config";
import type { ClassicDashboard } from "../observability/dashboards/classic-dashboard";
import type { Recording } from "../simulation/recorder";
import { at, type Resource, reveal } from "../simulation/resource";

/** What a recorded program deploys for one service, as the API server would get it. */
export interface DeployedService {
  readonly name: string;
  readonly namespace: string;
  /** Grafana's JSON model, from the ConfigMap. */
  readonly dashboard: ClassicDashboard;
  /** `spec` of the PrometheusRule. */
  readonly rules: { readonly groups: readonly RuleGroup[] };
  readonly prometheusRule: object;
  readonly serviceMonitor: ServiceMonitor;
  readonly service: KubernetesService;
  readonly deployment: Deployment;
}

const RELEASE = "kubernetes:helm.sh/v3:Release";

interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ServiceMonitor {
  readonly metadata: Metadata;
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly sampleLimit: number;
    readonly endpoints: readonly { readonly port: string; readonly path: string }[];
  };
}

export interface KubernetesService {
  readonly metadata: Metadata;
  readonly spec: {
    readonly selector: Readonly<Record<string, string>>;
    readonly ports: readonly { readonly name: string; readonly targetPort: string }[];
  };
}

export interface Deployment {
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly containers: readonly {
          readonly name: string;
          readonly image: string;
          readonly ports: readonly { readonly name: string }[];
        }[];
      };
    };
  };
}

/** @throws Error where the program deploys no such service */
export function deployedService(recording: Recording, name: string): DeployedService {
  const inputs = (type: string, resourceName: string): unknown =>
    sent(only(recording, type, resourceName));
  const configMap = inputs("kubernetes:core/v1:ConfigMap", `${name}-dashboard`);
  const data = at(configMap, "data") as Readonly<Record<string, string>>;
  const prometheusRule = inputs(
    "kubernetes:monitoring.coreos.com/v1:PrometheusRule",
    `${name}-rules`,
  ) as { readonly spec: DeployedService["rules"] };
  const service = inputs("kubernetes:core/v1:Service", name) as KubernetesService;
  return {
    name,
    namespace: service.metadata.namespace,
    dashboard: JSON.parse(data[`${name}.json`] ?? "") as ClassicDashboard,
    rules: prometheusRule.spec,
    prometheusRule,
    serviceMonitor: inputs(
      "kubernetes:monitoring.coreos.com/v1:ServiceMonitor",
      `${name}-monitor`,
    ) as ServiceMonitor,
    service,
    deployment: inputs("kubernetes:apps/v1:Deployment", name) as Deployment,
  };
}

/** The dashboard over all services. */
export function deployedFleetDashboard(recording: Recording): ClassicDashboard {
  const configMap = only(
    recording,
    "kubernetes:core/v1:ConfigMap",
    "monitoring-services-dashboard",
  );
  const data = at(sent(configMap), "data") as Readonly<Record<string, string>>;
  return JSON.parse(data["services.json"] ?? "") as ClassicDashboard;
}

/** Alertmanager's configuration file, as the chart gets it. */
export function deployedAlertmanagerConfig(recording: Recording): AlertmanagerConfig {
  return at(deployedRelease(recording), "values.alertmanager.config") as AlertmanagerConfig;
}

/** An object as it is sent to the API server. */
export interface DeployedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Everything on Kubernetes but the chart, in the order of its registration. */
export const deployedObjects = ({ resources }: Recording): readonly DeployedObject[] =>
  resources
    .filter(({ type }) => type.startsWith("kubernetes:") && type !== RELEASE)
    .map((resource) => sent(resource) as DeployedObject);

/** The chart's release as the program asks Helm for it. */
export interface DeployedRelease {
  readonly name: string;
  readonly namespace: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export const deployedRelease = (recording: Recording): DeployedRelease =>
  sent(only(recording, RELEASE, "monitoring")) as DeployedRelease;

function only({ resources }: Recording, type: string, name: string): Resource {
  const [found] = resources.filter((resource) => resource.type === type && resource.name === name);
  if (found) return found;
  throw new Error(`the program must register ${type} ${name}; got none`);
}

/** As it travels: JSON has no undefined. */
const sent = ({ inputs }: Resource): unknown => JSON.parse(JSON.stringify(reveal(inputs)));
