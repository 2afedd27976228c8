import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import type { Recording } from "../../simulation/recorder";
import { versions } from "../../versions";
import { deployedRelease } from "../deployed";
import { findExecutable } from "../executable";
import { type RuleSet, ruleSet, type Rules } from "./rule-sets";

/** The chart's own, which tell nothing of an incident. */
const NO_ALERTS = ["Watchdog", "InfoInhibitor"];
const MOST_OUTPUT = 2 ** 26;

/**
 * The rules that the chart brings by default, with the values of the recorded program.
 * @param chart folder of kube-prometheus-stack
 * @returns them, or what is missing
 */
export function chartRuleSet(
  recording: Recording,
  chart: string | undefined,
): RuleSet | { readonly missing: string } {
  const helm = findExecutable("helm");
  if (chart === undefined) return { missing: "the chart's rules: no --chart with its folder" };
  if (helm === undefined) return { missing: "the chart's rules: helm is not on PATH" };
  const { name, namespace, values } = deployedRelease(recording);
  const folder = mkdtempSync(path.join(tmpdir(), "lab-chart-"));
  try {
    const file = path.join(folder, "values.json");
    writeFileSync(file, JSON.stringify(values));
    const args = ["template", name, chart, "--namespace", namespace, "--values", file];
    const kubernetes = ["--kube-version", `${versions.defaultKubernetes}.0`];
    const options = { encoding: "utf8", maxBuffer: MOST_OUTPUT } as const;
    const text = execFileSync(helm, [...args, ...kubernetes], options);
    const { alerts, records } = ruleSet(groupsIn(text));
    return { alerts: alerts.filter(({ alert }) => !NO_ALERTS.includes(alert)), records };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function groupsIn(manifests: string): Rules["groups"] {
  const objects = parseAllDocuments(manifests).map(
    (document) => document.toJS() as { kind: string; spec: Rules } | null,
  );
  return objects.flatMap((object) => (object?.kind === "PrometheusRule" ? object.spec.groups : []));
}
