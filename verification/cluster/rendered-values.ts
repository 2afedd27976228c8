import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import type { DeployedRelease } from "../deployed";
import type { Kubernetes } from "./kubernetes";

const MONITORING = "monitoring.coreos.com/v1";

/** What the chart's parts begin with. */
const NODE_EXPORTER = "# Source: kube-prometheus-stack/charts/prometheus-node-exporter/";
const GRAFANA_CLAIM = "# Source: kube-prometheus-stack/charts/grafana/templates/pvc.yaml";
const TEMPLATE = path.join("templates", "objects.yaml");
const OBJECTS = path.join("files", "objects.yaml");
/** The namespace that it was rendered for. */
const NAMESPACE = /^([ -]+namespace: )prometheus$/gm;
/** Stands for the namespace that it is installed in, until Helm writes that in its place. */
const RELEASE_NAMESPACE = "@release-namespace@";
const IN_ITS_NAMESPACE = `{{ .Files.Get "files/objects.yaml" | replace "${RELEASE_NAMESPACE}" .Release.Namespace }}\n`;
const GRAFANA_VOLUME = /persistentVolumeClaim:\s+claimName: kube-prometheus-stack-grafana$/m;

/**
 * A copy, until this process ends, as the stack's values would have it today: in the namespace that it is
 * installed in; node-exporter in one of its own, because the other admits no privileged pod; Grafana without a volume.
 * @param rendered folder of the chart
 */
export function asValuesHaveIt(rendered: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), "rendered-chart-"));
  process.once("exit", () => {
    rmSync(folder, { recursive: true, force: true });
  });
  for (const part of ["templates", "files"]) mkdirSync(path.join(folder, part));
  copyFileSync(path.join(rendered, "Chart.yaml"), path.join(folder, "Chart.yaml"));
  writeFileSync(path.join(folder, TEMPLATE), IN_ITS_NAMESPACE);
  writeFileSync(
    path.join(folder, OBJECTS),
    changed(readFileSync(path.join(rendered, OBJECTS), "utf8")),
  );
  return folder;
}

const changed = (objects: string): string =>
  objects
    .split(/^---$/m)
    .filter((document) => !document.includes(GRAFANA_CLAIM))
    .map((document) =>
      document.includes(NODE_EXPORTER)
        ? document.replace(NAMESPACE, `$1${RELEASE_NAMESPACE}-node-exporter`)
        : document
            .replace(NAMESPACE, `$1${RELEASE_NAMESPACE}`)
            .replace(GRAFANA_VOLUME, "emptyDir: {}"),
    )
    .join("---");

/**
 * Puts the few values that a run needs where the chart's templates would: for a chart that was
 * rendered before, whose values have no effect.
 */
export async function putValues(
  kubernetes: Kubernetes,
  { name, namespace, values }: DeployedRelease,
): Promise<void> {
  const { alertmanager, prometheus } = values as {
    alertmanager: { config: object; alertmanagerSpec: { secrets: readonly string[] } };
    prometheus: { prometheusSpec: Readonly<Record<string, unknown>> };
  };
  const { scrapeInterval, evaluationInterval, remoteWrite, replicaExternalLabelName } =
    prometheus.prometheusSpec;
  await kubernetes.patch(
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: `alertmanager-${name}-alertmanager`, namespace },
    },
    { stringData: { "alertmanager.yaml": stringify(alertmanager.config) } },
  );
  await kubernetes.patch(
    {
      apiVersion: MONITORING,
      kind: "Alertmanager",
      metadata: { name: `${name}-alertmanager`, namespace },
    },
    { spec: { secrets: alertmanager.alertmanagerSpec.secrets } },
  );
  await kubernetes.patch(
    {
      apiVersion: MONITORING,
      kind: "Prometheus",
      metadata: { name: `${name}-prometheus`, namespace },
    },
    { spec: { scrapeInterval, evaluationInterval, remoteWrite, replicaExternalLabelName } },
  );
}
