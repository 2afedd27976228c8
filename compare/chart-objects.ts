import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import { at, type Properties } from "../simulation/resource";
import { versions } from "../versions";
import type { RecordedResource } from "./side";
import { difference } from "./value-changes";

/** An object of the chart that is not the same with the values of both sides. */
export interface ChartObjectChange {
  readonly change: "gone" | "changed" | "added";
  readonly kind: string;
  readonly name: string;
}

/** @param notCompared why, as a sentence */
export type ChartObjects =
  { readonly changes: readonly ChartObjectChange[] } | { readonly notCompared: string };

/** Variable with the folder of the chart, as the tests read it. */
const CHART = "KUBE_PROMETHEUS_STACK_CHART";

/** Renders the chart at hand with the values of both sides. */
export async function chartObjects(
  before: readonly RecordedResource[],
  after: readonly RecordedResource[],
  signal: AbortSignal,
): Promise<ChartObjects> {
  const chart = process.env[CHART] ?? "";
  if (!existsSync(path.join(chart, "Chart.yaml"))) {
    return { notCompared: `Objects of the chart are compared where ${CHART} names its folder.` };
  }
  const [old, wanted] = [releaseOf(before), releaseOf(after)];
  if (!old || !wanted) return { notCompared: "Only one side has a release of the chart." };
  try {
    const rendered = await Promise.all([old, wanted].map((each) => render(chart, each, signal)));
    const [first = new Map(), second = new Map()] = rendered;
    const { added, changed, gone } = difference<Properties>(first, second);
    return {
      changes: [
        ...gone.map(([, each]) => entry("gone", each)),
        ...changed.map(([, , each]) => entry("changed", each)),
        ...added.map(([, each]) => entry("added", each)),
      ],
    };
  } catch (error) {
    if (signal.aborted) throw error;
    const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    return {
      notCompared: `Objects of the chart are not compared, because helm template failed: ${line}`,
    };
  }
}

const releaseOf = (resources: readonly RecordedResource[]): RecordedResource | undefined =>
  resources.find(({ type }) => type === "kubernetes:helm.sh/v3:Release");

const entry = (change: ChartObjectChange["change"], manifest: Properties): ChartObjectChange => ({
  change,
  kind: String(manifest.kind),
  name: String(at(manifest, "metadata.name")),
});

async function render(
  chart: string,
  { inputs }: RecordedResource,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Properties>> {
  const folder = mkdtempSync(path.join(tmpdir(), "compare-chart-"));
  try {
    const values = path.join(folder, "values.json");
    writeFileSync(values, JSON.stringify(inputs.values ?? {}));
    const namespace = ["--namespace", String(inputs.namespace)];
    const kubernetes = ["--kube-version", `${versions.defaultKubernetes}.0`];
    const name = String(inputs.name);
    const text = await helm(
      ["template", name, chart, ...namespace, ...kubernetes, "--values", values],
      signal,
    );
    const objects = parseAllDocuments(text)
      .map((document) => document.toJS() as Properties | null)
      .filter((object) => object !== null);
    return new Map(objects.map((object) => [keyOf(object), object]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const keyOf = (object: Properties): string =>
  [
    object.apiVersion,
    object.kind,
    at(object, "metadata.namespace"),
    at(object, "metadata.name"),
  ].join(" ");

const helm = (args: readonly string[], signal: AbortSignal): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(
      "helm",
      args,
      { signal, encoding: "utf8", maxBuffer: 2 ** 28 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else if (error.code === "ENOENT") reject(new Error("no program helm is on PATH"));
        else reject(new Error(stderr.trim() || error.message));
      },
    );
  });
