import { writeFileSync } from "node:fs";
import path from "node:path";
import { CHART_METRICS, chartMetrics } from "./chart-metrics";

const ROOT = path.join(__dirname, "..", "..");

/** Part of `npm run fix`: writes what the chart reads and records, where the chart is at hand. */
async function main(chart: string | undefined): Promise<void> {
  if (chart === undefined) {
    console.log(
      `${CHART_METRICS} stays as it is: KUBE_PROMETHEUS_STACK_CHART names no folder of the chart.`,
    );
    return;
  }
  const metrics = await chartMetrics(chart);
  writeFileSync(path.join(ROOT, CHART_METRICS), `${JSON.stringify(metrics, undefined, 2)}\n`);
}

void main(process.env.KUBE_PROMETHEUS_STACK_CHART);
