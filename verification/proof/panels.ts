import type { Panel, RowPanel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { ClassicDashboard } from "../../observability/dashboards/classic-dashboard";

/** One question that a dashboard asks Prometheus. */
export interface PanelQuery {
  /** Title of the panel, or of the annotation. */
  readonly panel: string;
  readonly expr: string;
}

/** What is shown, without the headings of rows. */
export const panelsOf = ({ panels }: ClassicDashboard): Panel[] => panels.filter(isPanel);

/** Every query of every panel, and those of annotations. */
export const queriesOf = (dashboard: ClassicDashboard): PanelQuery[] => [
  ...panelsOf(dashboard).flatMap(({ title = "", targets = [] }) =>
    targets.map((target) => ({ panel: title, expr: (target as { expr?: string }).expr ?? "" })),
  ),
  ...dashboard.annotations.list.map(({ name, expr = "" }) => ({ panel: name, expr })),
];

const isPanel = (panel: Panel | RowPanel): panel is Panel => panel.type !== "row";
