import { CONTROL_PLANE_TARGETS } from "../../components/platform";
import { recordStack } from "../../simulation/record-stack";
import { versions } from "../../versions";
import { deployedRelease } from "../deployed";
import { renderedMetrics } from "./rendered-metrics";

/** File that the program reads, because rendering a chart and parsing its PromQL takes too long for a start. */
export const CHART_METRICS = "components/monitoring-stack/chart-metrics.json";

/**
 * What that file should hold: metrics that the chart's rules and dashboards read or record whatever the stack
 * scrapes, and those that come with each part of the control plane.
 * @param chart folder of the pinned chart
 */
export async function chartMetrics(chart: string): Promise<Readonly<Record<string, unknown>>> {
  const always = await metricsWith(chart, []);
  const known = new Set(always);
  const ofTargets: Record<string, readonly string[]> = {};
  for (const target of CONTROL_PLANE_TARGETS) {
    const metrics = await metricsWith(chart, [target]);
    ofTargets[target] = metrics.filter((metric) => !known.has(metric));
  }
  return { chart: versions.kubePrometheusStack.version, always, ...ofTargets };
}

async function metricsWith(chart: string, targets: readonly string[]): Promise<string[]> {
  const config = { controlPlaneTargets: JSON.stringify(targets) };
  const { values } = deployedRelease(await recordStack("local", { config }));
  return renderedMetrics(chart, values);
}
