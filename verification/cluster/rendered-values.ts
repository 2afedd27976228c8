import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import type { DeployedRelease } from "../deployed";
import type { Kubernetes } from "./kubernetes";

const MONITORING = "monitoring.coreos.com/v1";

/** What the chart's part for node-exporter begins with, and the namespace that it was rendered for. */
const NODE_EXPORTER = "# Source: kube-prometheus-stack/charts/prometheus-node-exporter/";
const TEMPLATE = path.join("templates", "objects.yaml");
const OBJECTS = path.join("files", "objects.yaml");
const NAMESPACE = /^( +namespace: )prometheus$/gm;

/**
 * A copy, until this process ends, whose node-exporter is in the namespace that the stack makes for it: the other
 * one admits no privileged pod.
 * @param rendered folder of the chart
 */
export function withNodeExporterApart(rendered: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), "rendered-chart-"));
  process.once("exit", () => {
    rmSync(folder, { recursive: true, force: true });
  });
  for (const part of ["templates", "files"]) mkdirSync(path.join(folder, part));
  for (const file of ["Chart.yaml", TEMPLATE, OBJECTS]) {
    const content = readFileSync(path.join(rendered, file), "utf8");
    writeFileSync(path.join(folder, file), file === OBJECTS ? moved(content) : content);
  }
  return folder;
}

const moved = (objects: string): string =>
  objects
    .split(/^---$/m)
    .map((document) =>
      document.includes(NODE_EXPORTER)
        ? document.replace(NAMESPACE, "$1prometheus-node-exporter")
        : document,
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
    prometheus: { prometheusSpec: { scrapeInterval?: string; evaluationInterval?: string } };
  };
  const { scrapeInterval, evaluationInterval } = prometheus.prometheusSpec;
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
    { spec: { scrapeInterval, evaluationInterval } },
  );
}
