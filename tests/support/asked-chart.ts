import { existsSync } from "node:fs";
import type { Context } from "mocha";
import { notAsked } from "./external-tool";

/** Folder of the real kube-prometheus-stack, for the tests that render it; empty where nobody asked for them. */
export const CHART = process.env.KUBE_PROMETHEUS_STACK_CHART ?? "";
export const CHART_ASKED = "KUBE_PROMETHEUS_STACK_CHART, a folder of kube-prometheus-stack";

/** Skips the test, or the suite, where the folder is not there. */
export function needChart(test: Context): void {
  if (!existsSync(CHART)) notAsked(test, CHART_ASKED);
}
