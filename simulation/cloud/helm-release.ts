import { at, isProperties, type Properties, reveal, textAt } from "../resource";
import type {
  Behaviour,
  CloudResource,
  ControllerContext,
  ControllerObject,
  DestroyRecord,
  Need,
} from "./behaviour";
import { durations } from "./durations";
import { CLUSTER, permissionsOf } from "./eks";
import { CLUSTER_ROLE_BINDING, NETWORK_POLICY, PRIORITY_CLASS } from "./kubernetes-core";
import { isKeda, kedaPods } from "./keda-chart";
import {
  inNamespace,
  NAMESPACE,
  namespaceOf,
  onCluster,
  onThatCluster,
  ownNamespace,
  reachableUntilGone,
} from "./kubernetes-object";
import {
  countAt,
  mebibytes,
  type Pods,
  requestedCpu,
  requestedMemory,
  type VolumeClaim,
} from "./pods";
import { nodesOf } from "./nodes";
import { inCents, monthly, prices } from "./prices";

export const RELEASE = "kubernetes:helm.sh/v3:Release";
const STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass";
const SECRET = "kubernetes:core/v1:Secret";

/** A release of kube-prometheus-stack, or of KEDA, which has neither volumes nor secrets. */
export const helmRelease: Readonly<Record<string, Behaviour>> = {
  [RELEASE]: {
    duration: (release) => (isKeda(release) ? durations.keda : durations.chart),
    id: ({ inputs }) => `${textAt(inputs, "namespace")}/${textAt(inputs, "name")}`,
    outputs: ({ inputs }) => ({
      status: {
        name: textAt(inputs, "name"),
        namespace: textAt(inputs, "namespace"),
        status: "deployed",
        version: at(inputs, "version"),
        revision: 1,
      },
    }),
    identity: ["namespace", "name"],
    replacedBy: ["name", "namespace"],
    holds: "the data of every claim that is deleted with the release",
    references: [onCluster, inNamespace],
    needs: onThatCluster((release, all) => [
      ...ownNamespace(release, all),
      ...mountedSecrets(release, all),
      ...storageClasses(release, all),
      ...priorityClasses(release, all),
      ...credentials(release, all),
      ...access(release, all),
      ...nodesOf(all),
    ]),
    // Helm keeps the record of its releases in Secrets of their namespace.
    needsUntilGone: (release, all) => [
      ...ownNamespace(release, all),
      ...reachableUntilGone(release, all),
      // Hooks are pods too, and volumes are detached from nodes that are there.
      ...nodesOf(all),
    ],
    pods: (release) => (isKeda(release) ? kedaPods(release) : chartPods(release)),
    claims: claimsOf,
    controllers: volumes,
  },
};

const valuesOf = (release: CloudResource): Properties =>
  reveal(release.inputs.values ?? {}) as Properties;

/** Secrets that pods of the chart mount or read; they wait for one that is missing, until Helm gives up. */
function mountedSecrets(release: CloudResource, all: readonly CloudResource[]): readonly Need[] {
  const values = valuesOf(release);
  const mounted = at(values, "alertmanager.alertmanagerSpec.secrets");
  const admin = at(values, "grafana.admin.existingSecret");
  const names = [mounted, admin].flat().filter((name) => typeof name === "string");
  return names.map((name) => ({
    what: `the Secret ${name}, which its pods mount`,
    from: all.filter(
      ({ type, id }) => type === SECRET && id === `${String(namespaceOf(release))}/${name}`,
    ),
    forReadiness: true,
  }));
}

/** A claim of a class that is not there is never bound. */
function storageClasses(release: CloudResource, all: readonly CloudResource[]): readonly Need[] {
  const names = new Set(claimsOf(release).map(({ storageClassName }) => storageClassName));
  return [...names].map((name) => ({
    what: `the StorageClass ${name}, which its volumes are of`,
    from: all.filter(({ type, id }) => type === STORAGE_CLASS && id === name),
    forReadiness: true,
  }));
}

/** The API server refuses a pod of a class that is not there. */
function priorityClasses(release: CloudResource, all: readonly CloudResource[]): readonly Need[] {
  const text = JSON.stringify(valuesOf(release));
  const names = [...text.matchAll(/"priorityClassName":"([^"]+)"/g)].map(([, name]) => name);
  return [...new Set(names)]
    .filter((name) => !name?.startsWith("system-"))
    .map((name) => ({
      what: `the PriorityClass ${String(name)}, which its pods are of`,
      from: all.filter(({ type, id }) => type === PRIORITY_CLASS && id === name),
      forReadiness: true,
    }));
}

/** The chart names its service accounts after the release and the program that runs under them. */
function credentials(release: CloudResource, all: readonly CloudResource[]): readonly Need[] {
  const name = textAt(release.inputs, "name");
  const from = ["prometheus", "alertmanager", "grafana", "operator"].flatMap((program) =>
    permissionsOf(namespaceOf(release), `${name}-${program}`, all),
  );
  return from.length === 0
    ? []
    : [{ what: "the credentials and permissions of its pods' role", from }];
}

/** What its pods may do and connect to: without it they do not get ready, nor do the Jobs before the install. */
function access(release: CloudResource, all: readonly CloudResource[]): readonly Need[] {
  const namespace = namespaceOf(release);
  const roles = all.filter(
    ({ type, inputs }) =>
      type === CLUSTER_ROLE_BINDING &&
      JSON.stringify(reveal(at(inputs, "subjects"))).includes(String(namespace)),
  );
  const policies = all.filter(
    (other) =>
      other.type === NETWORK_POLICY && namespaceOf(other) === namespace && !onlyAdmitsOthers(other),
  );
  const needs = [
    { what: "the roles of its pods", from: roles },
    { what: "the network policies that let its pods work", from: policies },
  ];
  return needs
    .filter(({ from }) => from.length > 0)
    .map((need) => ({ ...need, forReadiness: true }));
}

/** Lets pods of other namespaces in, for whom the chart's pods do not wait. */
function onlyAdmitsOthers({ inputs }: CloudResource): boolean {
  const peers = [at(reveal(inputs), "spec.ingress")].flat().map((rule) => at(rule, "from"));
  return (
    at(inputs, "spec.egress") === undefined &&
    peers.flat().every((peer) => at(peer, "namespaceSelector") !== undefined)
  );
}

/** What kube-prometheus-stack runs, with the requests that the program's values give it. */
function chartPods(release: CloudResource): Pods[] {
  const values = valuesOf(release);
  const sum = (name: string, count: Pods["count"], ...paths: string[]): Pods => ({
    name,
    because: release.urn,
    count,
    spread: ["prometheus", "alertmanager"].includes(name),
    cpuMillicores: paths.reduce((total, path) => total + requestedCpu(at(values, path)), 0),
    memoryMiB: paths.reduce((total, path) => total + requestedMemory(at(values, path)), 0),
  });
  const replicas = (spec: string) => countAt(values, `${spec}.replicas`);
  const reloader = "prometheusOperator.prometheusConfigReloader.resources";
  const sidecar = "grafana.sidecar.resources";
  const [prometheus, alertmanager] = ["prometheus.prometheusSpec", "alertmanager.alertmanagerSpec"];
  return [
    sum("operator", 1, "prometheusOperator.resources"),
    sum("prometheus", replicas(prometheus), `${prometheus}.resources`, reloader),
    sum("alertmanager", replicas(alertmanager), `${alertmanager}.resources`, reloader),
    // Dashboards and data sources have a sidecar each.
    sum("grafana", 1, "grafana.resources", sidecar, sidecar),
    sum("kube-state-metrics", 1, "kube-state-metrics.resources"),
    sum("node-exporter", "per-node", "prometheus-node-exporter.resources"),
  ];
}

/** The claims of Prometheus, Alertmanager and Grafana, where the values give them volumes. */
function claimsOf(release: CloudResource): readonly VolumeClaim[] {
  const values = valuesOf(release);
  // A release whose name holds the chart's is the chart's full name: `<release>-prometheus` and so on.
  const custom = textAt(release.inputs, "name");
  const templates = [
    ["prometheus", "prometheus.prometheusSpec", "storageSpec"],
    ["alertmanager", "alertmanager.alertmanagerSpec", "storage"],
  ] as const;
  const claims = templates.flatMap(([name, spec, storage]): VolumeClaim[] => {
    const claim = at(values, `${spec}.${storage}.volumeClaimTemplate.spec`);
    if (!isProperties(claim)) return [];
    return Array.from({ length: countAt(values, `${spec}.replicas`) }, (_, replica) => ({
      name: `${name}-${custom}-${name}-db-${name}-${custom}-${name}-${replica}`,
      gibibytes: mebibytes(textAt(claim, "resources.requests.storage")) / 1024,
      deletedWithRelease:
        at(values, `${spec}.persistentVolumeClaimRetentionPolicy.whenDeleted`) === "Delete",
      storageClassName: String(claim.storageClassName),
    }));
  });
  if (at(values, "grafana.persistence.enabled") !== true) return claims;
  return [
    ...claims,
    {
      name: `${custom}-grafana`,
      gibibytes: mebibytes(textAt(values, "grafana.persistence.size")) / 1024,
      // The chart owns this claim itself, so it goes with every uninstall, unless Helm is told to keep it.
      deletedWithRelease: !isKept(at(values, "grafana.persistence.annotations")),
      storageClassName: String(at(values, "grafana.persistence.storageClassName")),
    },
  ];
}

const isKept = (annotations: unknown): boolean =>
  isProperties(annotations) && annotations["helm.sh/resource-policy"] === "keep";

/** EBS volumes: bound once there is a node, released some time after their claims are deleted. */
function volumes(release: CloudResource, { account }: ControllerContext): ControllerObject[] {
  const { volumeGB } = prices(account.region);
  return claimsOf(release).map((claim) => ({
    kind: "Volume",
    name: claim.name,
    charges: [inCents(monthly("EBS volumes", volumeGB, claim.gibibytes))],
    span: ({ start }) => ({
      start: start + durations.firstNode.create,
      end: start + durations.firstNode.create + durations.volumeBind.create,
    }),
    whyKept: (destroy) => whyVolumeKept(release, claim, destroy),
  }));
}

function whyVolumeKept(
  release: CloudResource,
  claim: VolumeClaim,
  destroy: DestroyRecord,
): string | undefined {
  const { resources } = destroy;
  const storageClass = resources.find(
    ({ type, id }) => type === STORAGE_CLASS && id === claim.storageClassName,
  );
  if (storageClass && at(storageClass.inputs, "reclaimPolicy") !== "Delete") {
    return `StorageClass ${claim.storageClassName} does not have reclaimPolicy Delete`;
  }
  const namespace = resources.find(
    (other) => other.type === NAMESPACE && inNamespace.matches(release, other, resources),
  );
  const owners = [
    ...(claim.deletedWithRelease ? [release] : []),
    ...(namespace ? [namespace] : []),
  ];
  const ends = owners.flatMap((owner) => destroy.deletion(owner)?.end ?? []);
  if (ends.length === 0) return "its claim outlives the release, and nothing deletes the namespace";
  const volumeGone = Math.min(...ends) + durations.volumeRelease.delete;
  const clusters = resources.filter(({ type }) => type === CLUSTER);
  const early = destroy.firstBegunBefore(volumeGone, clusters);
  if (!early) return undefined;
  const seconds = volumeGone - (destroy.deletion(early)?.start ?? volumeGone);
  return `the cluster's deletion began ${seconds} s before the volume was gone`;
}
