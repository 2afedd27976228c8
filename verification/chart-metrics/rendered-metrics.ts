import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import { at } from "../../simulation/resource";
import { versions } from "../../versions";
import { findExecutable } from "../executable";
import { metricsOfDashboard, metricsOfQuery } from "./query-metrics";

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: { readonly groups?: readonly { readonly rules: readonly Rule[] }[] };
  readonly data?: Readonly<Record<string, string>>;
}

interface Rule {
  readonly record?: string;
  readonly expr: string;
}

/**
 * Names of the metrics that the chart's rules and dashboards read or record with the values given, sorted.
 * @param chart its folder
 * @throws Error where helm is not there or does not render it
 */
export function renderedMetrics(chart: string, values: unknown): string[] {
  const manifests = render(chart, values);
  const rules = manifests
    .filter(({ kind }) => kind === "PrometheusRule")
    .flatMap(({ spec }) => spec?.groups ?? [])
    .flatMap((group) => group.rules);
  const dashboards = manifests
    .filter(({ metadata: { labels } }) => at(labels, "grafana_dashboard") === "1")
    .flatMap(({ data = {} }) => Object.values(data));
  const names = [
    ...metricsOfRules(rules),
    ...dashboards.flatMap((json) => metricsOfDashboard(JSON.parse(json))),
  ];
  return [...new Set(names)].sort();
}

export const metricsOfRules = (rules: readonly Rule[]): string[] =>
  rules.flatMap(({ record, expr }) => [
    ...(record === undefined ? [] : [record]),
    ...metricsOfQuery(expr),
  ]);

function render(chart: string, values: unknown): Manifest[] {
  const helm = findExecutable("helm", [path.join(homedir(), ".pulumi", "bin")]);
  if (helm === undefined) throw new Error("helm must be on PATH to render the chart");
  const folder = mkdtempSync(path.join(tmpdir(), "chart-metrics-"));
  try {
    const file = path.join(folder, "values.json");
    writeFileSync(file, JSON.stringify(values));
    const kubernetes = ["--kube-version", `${versions.defaultKubernetes}.0`];
    const args = ["template", "kube-prometheus-stack", chart, ...kubernetes, "--values", file];
    const text = execFileSync(helm, args, { encoding: "utf8", maxBuffer: 2 ** 26 });
    return parseAllDocuments(text).flatMap((document) => {
      const manifest = document.toJS() as Manifest | null;
      return manifest ? [manifest] : [];
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
