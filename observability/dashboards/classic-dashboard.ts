import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";

/** What differs between dashboards. */
export interface DashboardParts {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** Grafana's time, such as "now-3h"; the range ends now. */
  readonly from: string;
  readonly variables: readonly Builder<dashboard.VariableModel>[];
  /** @default none */
  readonly annotations?: readonly Builder<dashboard.AnnotationQuery>[];
  /** @default none */
  readonly links?: readonly Builder<dashboard.DashboardLink>[];
  readonly rows: readonly DashboardRow[];
}

export interface DashboardRow {
  /** @default no heading above the panels */
  readonly title?: string;
  /** Width and height are the panels' own, place and id are given here. */
  readonly panels: readonly Builder<dashboard.Panel>[];
}

/** Grafana's JSON model in its classic schema. */
export type ClassicDashboard = ReturnType<typeof classicDashboard>;

/** Of the JSON model that the SDK's panels are written for; Grafana migrates it upwards on load. */
const SCHEMA_VERSION = 42;
const SCREEN_WIDTH = 24;

/**
 * A dashboard as Grafana provisions it from a file. The classic schema, because a file in the newer
 * one needs a Kubernetes manifest around it (grafana#123607); put together here, because the SDK
 * has declared its own builder for it deprecated in favour of that newer one.
 */
export function classicDashboard(parts: DashboardParts) {
  return {
    uid: parts.uid,
    title: parts.title,
    description: parts.description,
    tags: [...parts.tags],
    schemaVersion: SCHEMA_VERSION,
    editable: false,
    graphTooltip: dashboard.DashboardCursorSync.Crosshair,
    time: { from: parts.from, to: "now" },
    timezone: "browser",
    refresh: "1m",
    templating: { list: parts.variables.map((variable) => variable.build()) },
    annotations: { list: (parts.annotations ?? []).map((annotation) => annotation.build()) },
    links: (parts.links ?? []).map((link) => link.build()),
    panels: layOut(parts.rows),
  };
}

/** From left to right and from top to bottom; the SDK's panels come without an id. */
function layOut(rows: readonly DashboardRow[]): (dashboard.Panel | dashboard.RowPanel)[] {
  const placed: (dashboard.Panel | dashboard.RowPanel)[] = [];
  let top = 0;
  for (const { title, panels } of rows) {
    if (title !== undefined) {
      const gridPos = { x: 0, y: top, w: SCREEN_WIDTH, h: 1 };
      const heading = new dashboard.RowBuilder(title).id(placed.length + 1).gridPos(gridPos);
      placed.push(heading.build());
      top += 1;
    }
    let left = 0;
    let lineHeight = 0;
    for (const builder of panels) {
      const panel = builder.build();
      const { w = SCREEN_WIDTH, h = 1 } = panel.gridPos ?? {};
      if (left + w > SCREEN_WIDTH) {
        top += lineHeight;
        left = 0;
        lineHeight = 0;
      }
      placed.push({ ...panel, id: placed.length + 1, gridPos: { x: left, y: top, w, h } });
      left += w;
      lineHeight = Math.max(lineHeight, h);
    }
    top += lineHeight;
  }
  return placed;
}
