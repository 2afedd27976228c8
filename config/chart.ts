import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type * as tar from "tar";
import type * as yaml from "yaml";
import { versions } from "../versions";
import { shown } from "./problems";
import type { Rule } from "./rules";

/** Of an address only the form can be checked. A path is relative to Pulumi.yaml, or absolute. */
const placeOf = (name: string, version: () => string, example: string): Rule => ({
  must: `${name} ${version()}: its folder, its archive (.tgz), or an oci:// address without a version`,
  test: (value) =>
    isAddress(value)
      ? /^oci:\/\/[A-Za-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+$/.test(value)
      : found(value) === `${name} ${version()}`,
  got: (value) =>
    isAddress(value) ? shown(value) : `${found(value) ?? "no chart"} in ${shown(value)}`,
  example,
});

export const chart = placeOf(
  "kube-prometheus-stack",
  () => versions.kubePrometheusStack.version,
  versions.kubePrometheusStack.chart,
);

/** Its project publishes no oci:// address; a mirror may have one. */
export const kedaChart = placeOf(
  "keda",
  () => versions.keda.version,
  "oci://registry.example.com/mirror/keda",
);

const isAddress = (value: string): boolean => /^\w+:\/\//.test(value);

/** Name and version of the chart at a path; undefined where there is none. */
function found(value: string): string | undefined {
  try {
    const text = value.endsWith(".tgz") ? inArchive(value) : inFolder(value);
    return text === undefined ? undefined : nameAndVersion(text);
  } catch {
    return undefined;
  }
}

function inFolder(folder: string): string | undefined {
  const file = path.join(folder, "Chart.yaml");
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** Loaded where a stack has a chart of its own: the start of every other has no use for them. */
const requireHere = createRequire(__filename);

/** Chart.yaml in an archive as `helm package` makes it: below one folder. */
function inArchive(file: string): string | undefined {
  const { list } = requireHere("tar") as typeof tar;
  const parts: Buffer[] = [];
  list({
    file,
    sync: true,
    filter: (entry) => /^[^/]+\/Chart\.yaml$/.test(entry),
    onReadEntry: (entry) => entry.on("data", (part: Buffer) => parts.push(part)),
  });
  return parts.length === 0 ? undefined : Buffer.concat(parts).toString("utf8");
}

function nameAndVersion(text: string): string {
  const { parse } = requireHere("yaml") as typeof yaml;
  const { name, version } = parse(text) as { name?: unknown; version?: unknown };
  return `${String(name)} ${String(version)}`;
}
