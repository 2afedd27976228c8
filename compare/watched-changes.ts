import { at, isProperties } from "../simulation/resource";
import type { RecordedResource } from "./side";
import { difference, type ValueChange, valueChanges } from "./value-changes";

/** An alert, a recording rule, a panel or a limit of series, as the program gives it to the cluster. */
export interface WatchedChange {
  readonly change: "gone" | "changed" | "added";
  readonly what: string;
  readonly name: string;
  readonly values: readonly ValueChange[];
}

interface Watched {
  readonly what: "alert" | "recording rule" | "panel" | "series of a scrape, at most";
  readonly name: string;
  readonly value: unknown;
}

/** What watches less comes first. */
export function watchedChanges(
  before: readonly RecordedResource[],
  after: readonly RecordedResource[],
): WatchedChange[] {
  const { added, changed, gone } = difference(watched(before), watched(after));
  const alone = (change: "added" | "gone", { what, name }: Watched) => ({
    change,
    what,
    name,
    values: [],
  });
  return [
    ...gone.map(([, each]) => alone("gone", each)),
    ...changed.map(([, old, { what, name, value }]) => ({
      change: "changed" as const,
      what,
      name,
      values: valueChanges(old.value, value),
    })),
    ...added.map(([, each]) => alone("added", each)),
  ];
}

function watched(resources: readonly RecordedResource[]): ReadonlyMap<string, Watched> {
  const found = resources.flatMap((resource) => [
    ...rules(resource),
    ...panels(resource),
    ...seriesLimit(resource),
  ]);
  const map = new Map<string, Watched>();
  for (const each of found) {
    // Two of a name, such as an alert's page and its ticket, are told apart by their order.
    let key = `${each.what} ${each.name}`;
    while (map.has(key)) key += "'";
    map.set(key, each);
  }
  return map;
}

function rules({ type, inputs }: RecordedResource): Watched[] {
  if (!type.endsWith(":PrometheusRule")) return [];
  return listAt(inputs, "spec.groups").flatMap((group) =>
    listAt(group, "rules").map((rule): Watched => {
      const alert = at(rule, "alert");
      const severity = alert === undefined ? "" : ` ${String(at(rule, "labels.severity"))}`;
      const name = `${String(alert ?? at(rule, "record"))}${severity} (${String(at(group, "name"))})`;
      return { what: alert === undefined ? "recording rule" : "alert", name, value: rule };
    }),
  );
}

/** Dashboards are ConfigMaps with the label that Grafana's sidecar looks for. */
function panels({ inputs }: RecordedResource): Watched[] {
  if (at(inputs, "metadata.labels.grafana_dashboard") === undefined) return [];
  const data = at(inputs, "data");
  return Object.values(isProperties(data) ? data : {}).flatMap((text) => {
    const dashboard: unknown = JSON.parse(String(text));
    const all = listAt(dashboard, "panels").flatMap((each) => [each, ...listAt(each, "panels")]);
    return all
      .filter((panel) => at(panel, "type") !== "row")
      .map((panel): Watched => {
        const name = `${String(at(panel, "title"))} (${String(at(dashboard, "title"))})`;
        return { what: "panel", name, value: placeless(panel) };
      });
  });
}

/** A panel without its place, which every panel before it moves. */
const placeless = (panel: unknown): unknown =>
  isProperties(panel)
    ? Object.fromEntries(
        Object.entries(panel).filter(([key]) => !["id", "gridPos", "panels"].includes(key)),
      )
    : panel;

function seriesLimit({ type, inputs }: RecordedResource): Watched[] {
  const limit = at(inputs, "spec.sampleLimit");
  if (!/:(Service|Pod)Monitor$/.test(type) || limit === undefined) return [];
  const name = String(at(inputs, "metadata.name"));
  return [{ what: "series of a scrape, at most", name, value: limit }];
}

const listAt = (value: unknown, path: string): readonly unknown[] => {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
};
