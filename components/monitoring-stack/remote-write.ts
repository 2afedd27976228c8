import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type WatchedService, writtenOfService } from "../../observability/written-metrics";
import type {
  ControlPlaneTarget,
  CreatedMetricsStore,
  MetricsStoreArgs,
  Platform,
} from "../platform";
import type { ChartValue } from "./chart-value";
import chartMetrics from "./chart-metrics.json";
import { PROMETHEUS } from "./prometheus";

/** Where Prometheus writes to beside its own volume: to both, where both are given. */
export interface RemoteWriteArgs {
  /** A store of the platform's own to make. @default none */
  readonly store?: MetricsStoreArgs;
  /** An endpoint that is there. @default none */
  readonly endpoint?: RemoteEndpoint;
  /** `used` is what dashboards, rules and alerts read or record; `all` is every series. */
  readonly series: "used" | "all";
  /** Metrics to write beside the used ones: names, or regular expressions of whole names. @default none */
  readonly keep?: readonly string[];
}

/** Whatever takes Prometheus' remote write 1.0, such as Mimir, Thanos Receive or Grafana Cloud. */
export interface RemoteEndpoint {
  /** Its address, such as "https://mimir.example.com/api/v1/push". */
  readonly url: string;
  /** Of basic authentication. @default a bearer token, where `secrets` has one */
  readonly username?: string;
  /** `password` where there is a username, otherwise `token`. @default none: the endpoint asks for nothing */
  readonly secrets?: pulumi.Output<Record<string, string>>;
}

/** What the chart has to be told, and what it waits for. */
export interface RemoteWrite {
  /** Entries of prometheusSpec.remoteWrite. */
  readonly endpoints: readonly ChartValue<pulumi.Input<unknown>>[];
  readonly dependsOn: readonly pulumi.Resource[];
}

/** Where to, and what decides which series are written. */
export interface WrittenArgs extends RemoteWriteArgs {
  readonly services: readonly WatchedService[];
  readonly controlPlaneTargets: readonly ControlPlaneTarget[];
}

/**
 * With `cluster`, the label by which Amazon Managed Prometheus and Mimir tell replicas apart, so that they keep
 * one's samples. The operator drops it from alerts, whatever it is called.
 */
export const REPLICA_LABEL = "__replica__";
/** The Secret with the endpoint's user and password, or its token. */
const SECRET = "prometheus-remote-write";

/**
 * The stores and the Secret that Prometheus writes with.
 * @throws Error where the platform has no store to make, or the endpoint's password is missing
 */
export function createRemoteWrite(
  name: string,
  written: WrittenArgs,
  platform: Platform,
  namespace: k8s.core.v1.Namespace,
  opts: pulumi.CustomResourceOptions,
): RemoteWrite {
  const { store, endpoint } = written;
  const rules = writeRelabelings(written);
  const common = { messageVersion: "V1.0", ...(rules && { writeRelabelConfigs: rules }) };
  const created = store && createStore(name, store, platform, namespace, opts);
  const secret = endpoint && createEndpointSecret(name, endpoint, namespace, opts);
  return {
    endpoints: [
      ...(created ? [{ url: created.url, ...created.authentication, ...common }] : []),
      ...(endpoint ? [{ url: endpoint.url, ...authentication(endpoint), ...common }] : []),
    ],
    dependsOn: [...(created?.dependsOn ?? []), ...(secret ? [secret] : [])],
  };
}

function createStore(
  name: string,
  store: MetricsStoreArgs,
  { metricsStore }: Platform,
  namespace: k8s.core.v1.Namespace,
  opts: pulumi.CustomResourceOptions,
): CreatedMetricsStore {
  const writer = { namespace: namespace.metadata.name, name: PROMETHEUS };
  if (metricsStore) return metricsStore.create(`${name}-metrics`, store, writer, opts);
  throw new Error(
    "remoteWrite.store must be left out; got one, and the platform has no store to make. Fix: give remoteWrite.endpoint.",
  );
}

/** @throws Error where there is a user without a password */
function createEndpointSecret(
  name: string,
  { username, secrets }: RemoteEndpoint,
  namespace: k8s.core.v1.Namespace,
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Secret | undefined {
  if (username !== undefined && !secrets) {
    throw new Error(
      "remoteWrite.endpoint.secrets must hold password; got nothing. Fix: pulumi config set --secret --path remoteWriteSecrets.password <value>",
    );
  }
  if (!secrets) return undefined;
  return new k8s.core.v1.Secret(
    `${name}-remote-write`,
    {
      metadata: { name: SECRET, namespace: namespace.metadata.name },
      stringData: pulumi.secret(
        secrets.apply((known) => ({ ...known, ...(username !== undefined && { username }) })),
      ),
    },
    { ...opts, protect: false },
  );
}

/** Only names of what is in the Secret: Helm's values are readable. */
function authentication({ username, secrets }: RemoteEndpoint) {
  const key = (of: string) => ({ name: SECRET, key: of });
  if (username !== undefined) {
    return { basicAuth: { username: key("username"), password: key("password") } };
  }
  return secrets ? { authorization: { type: "Bearer", credentials: key("token") } } : {};
}

/** One rule, which Prometheus asks once for each series. */
function writeRelabelings(written: WrittenArgs) {
  const names = writtenMetrics(written);
  return names && [{ sourceLabels: ["__name__"], action: "keep", regex: names.join("|") }];
}

/** Whether a metric is written. Prometheus anchors its regular expressions, and so does this. */
export function isWritten(written: WrittenArgs): (metric: string) => boolean {
  const names = writtenMetrics(written);
  if (!names) return () => true;
  const pattern = new RegExp(`^(?:${names.join("|")})$`);
  return (metric) => pattern.test(metric);
}

/** Names of the metrics that are written, sorted, and what is kept beside them; undefined: all are. */
export function writtenMetrics({
  series,
  keep = [],
  services,
  controlPlaneTargets,
}: WrittenArgs): readonly string[] | undefined {
  if (series === "all") return undefined;
  const names = new Set([
    ...chartMetrics.always,
    ...controlPlaneTargets.flatMap((target) => chartMetrics[target]),
    ...services.flatMap(writtenOfService),
  ]);
  return [...[...names].sort(), ...keep];
}
