import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import { createHash } from "node:crypto";
import { type ClassicDashboard, classicDashboard } from "./classic-dashboard";
import { buildPanel, DATASOURCE, type Panel } from "./panel";
import { connectionPanels } from "./connection-row";
import { processPanels } from "./process-row";
import { objectivePanels, requestPanels } from "./request-rows";
import { costPanels, podPanels } from "./resource-rows";
import { podLegend, series } from "./selectors";
import type { Preset, ProcessNames } from "../presets/preset";
import { dashboardUid, namesOf, type ServiceFacts } from "../service-facts";
import { serviceObjectives } from "../slo/service-objectives";

/** What every dashboard of this program is found by. */
export const TAG = "instrumented-service";

/**
 * The dashboard of one service.
 * @throws Error where an objective or the memory limit is wrong
 */
export function serviceDashboard(facts: ServiceFacts): ClassicDashboard {
  const preset = namesOf(facts);
  const { version } = preset.process;
  return classicDashboard({
    uid: dashboardUid(facts),
    title: facts.name,
    description: `${facts.name} in ${facts.namespace}: objectives, requests, resources, cost`,
    tags: [TAG],
    from: "now-3h",
    variables: variables(facts),
    annotations: version === undefined ? [] : [deployments(preset, version)],
    links: links(facts),
    rows: rows(facts).map(({ title, panels }) => ({ title, panels: panels.map(buildPanel) })),
  });
}

function rows(
  facts: ServiceFacts,
): { readonly title: string; readonly panels: readonly Panel[] }[] {
  const preset = namesOf(facts);
  const { connections } = preset;
  return [
    { title: "Objectives", panels: objectivePanels(serviceObjectives(facts)) },
    { title: "Requests", panels: requestPanels(facts) },
    { title: "Connections", panels: connections ? connectionPanels(preset, connections) : [] },
    { title: "Business", panels: ownPanels(facts) },
    { title: "Process", panels: processPanels(facts) },
    { title: "Pods", panels: podPanels },
    { title: "Cost of these metrics", panels: costPanels(facts) },
  ].filter(({ panels }) => panels.length > 0);
}

const ownPanels = (facts: ServiceFacts): Panel[] =>
  (facts.own?.panels ?? []).map((panel) => ({
    ...panel,
    queries: panel.queries.map(({ expr, legend }) => ({
      expr: expr(series(namesOf(facts))),
      legend,
    })),
  }));

/** Names are looked up, not written into queries: the JSON serves a service of another name too. */
function variables(facts: ServiceFacts) {
  const { name, namespace } = facts;
  const { target } = namesOf(facts);
  return [
    new dashboard.DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"),
    new dashboard.QueryVariableBuilder("job")
      .label("Job")
      .datasource(DATASOURCE)
      .query(`label_values(${target.alive}{${target.job}="${name}"}, ${target.job})`)
      .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
      .multi(true)
      .includeAll(true)
      .allValue(".+")
      .current({ text: name, value: name }),
    new dashboard.QueryVariableBuilder("namespace")
      .label("Namespace")
      .datasource(DATASOURCE)
      .query(`label_values(${target.alive}{${target.job}=~"$job"}, ${target.namespace})`)
      .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
      .multi(true)
      .includeAll(true)
      .allValue(".+")
      .current({ text: namespace, value: namespace }),
    new dashboard.QueryVariableBuilder("pod")
      .label("Pod")
      .datasource(DATASOURCE)
      .query(
        `label_values(${target.alive}{${target.namespace}=~"$namespace",${target.job}=~"$job"}, ${target.pod})`,
      )
      .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
      .multi(true)
      .includeAll(true)
      // Also where series have no such label: outside Kubernetes.
      .allValue(".*")
      .current({ text: "All", value: "$__all" }),
  ];
}

/**
 * A line where each process began, with its version: a rollout makes new pods, so that `changes()`
 * would see nothing.
 */
function deployments(preset: Preset, { started, info }: NonNullable<ProcessNames["version"]>) {
  const { namespace, pod } = preset.target;
  return new dashboard.AnnotationQueryBuilder()
    .name("Deployments and restarts")
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor("blue")
    .expr(
      `${started}{${series(preset)}} * on (${namespace}, ${pod}) group_left (version) ${info}{${series(preset)}} * 1000`,
    )
    .useValueForTime(true)
    .titleFormat(podLegend(preset))
    .textFormat("version {{version}} started");
}

const links = ({ runbookBaseUrl }: ServiceFacts) => [
  ...(runbookBaseUrl === undefined ? [] : [runbooksLink(runbookBaseUrl)]),
  new dashboard.DashboardLinkBuilder("Pods")
    .type(dashboard.DashboardLinkType.Link)
    .icon("dashboard")
    .tooltip("Kubernetes' view of the same pods")
    .url(`/d/${chartDashboardUid("k8s-resources-pod")}`)
    .includeVars(true)
    .keepTime(true),
];

/** kubernetes-mixin, whose dashboards the chart ships, takes the MD5 of the file's name as uid. */
const chartDashboardUid = (name: string): string =>
  createHash("md5").update(`${name}.json`).digest("hex");

const runbooksLink = (baseUrl: string) =>
  new dashboard.DashboardLinkBuilder("Runbooks")
    .type(dashboard.DashboardLinkType.Link)
    .icon("doc")
    .tooltip("What to do about each alert")
    .url(`${baseUrl}/README.md`)
    .targetBlank(true);
