import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { versions } from "../../versions";
import type { Kubernetes, ObjectReference } from "./kubernetes";
import { asValuesHaveIt } from "./rendered-values";

/** kube-prometheus-stack, to be installed by Helm from a folder. */
export interface Chart {
  readonly folder: string;
  readonly version: string;
  /** Version of the operator that it ships, such as "v0.93.1". */
  readonly appVersion: string;
  /**
   * False where the chart is what another run of Helm rendered for the prod stack: then it installs,
   * upgrades and uninstalls as the real one, and what depends on values cannot be tried on it.
   */
  readonly valuesHaveEffect: boolean;
  /** Folder of CRDs that the chart does not bring itself. */
  readonly crds?: string;
}

export interface ChartOptions {
  /** Folder of the real chart. @default what the prod stack's chart rendered, where that is at hand */
  readonly folder?: string;
  /** @default the version that the program pins */
  readonly version?: string;
}

const NAME = "kube-prometheus-stack";

/** @returns the chart, or one sentence of what is missing or wrong */
export function findChart({
  folder,
  version = versions.kubePrometheusStack.version,
}: ChartOptions = {}): { readonly chart: Chart } | { readonly missing: string } {
  if (folder !== undefined) return checked(folder, version, {});
  const data = path.join("..", "shared", "data", `${NAME}-${version}`);
  const rendered = path.join(data, "rendered");
  if (existsSync(rendered)) {
    const folder = asValuesHaveIt(rendered);
    return checked(folder, version, { crds: path.join(data, "crds") });
  }
  return {
    missing:
      `no chart: give the folder of ${NAME} ${version} with --chart, such as ` +
      `\`helm pull ${versions.kubePrometheusStack.chart} --version ${version} --untar\` makes`,
  };
}

/** Creates the CRDs that the chart does not bring itself. */
export async function prepareFor({ crds }: Chart, kubernetes: Kubernetes): Promise<void> {
  if (crds === undefined) return;
  for (const file of readdirSync(crds)) {
    for (const document of parseAllDocuments(readFileSync(path.join(crds, file), "utf8"))) {
      await kubernetes.apply(document.toJS() as ObjectReference);
    }
  }
}

function checked(
  folder: string,
  version: string,
  rendered: { readonly crds?: string },
): { readonly chart: Chart } | { readonly missing: string } {
  const found = metadataOf(folder);
  if (!found) {
    return { missing: `${folder} must be the folder of a chart; it has no readable Chart.yaml` };
  }
  if (found.name !== NAME || found.version !== version) {
    const got = `${String(found.name)} ${String(found.version)}`;
    return { missing: `${folder} must be the chart ${NAME} ${version}; got ${got}` };
  }
  return {
    chart: {
      folder: path.resolve(folder),
      version,
      appVersion: String(found.appVersion),
      valuesHaveEffect: rendered.crds === undefined,
      ...rendered,
    },
  };
}

function metadataOf(folder: string) {
  try {
    const text = readFileSync(path.join(folder, "Chart.yaml"), "utf8");
    return parse(text) as { name?: unknown; version?: unknown; appVersion?: unknown } | null;
  } catch {
    return undefined;
  }
}
