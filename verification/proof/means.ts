import path from "node:path";
import { type Chart, findChart } from "../cluster/chart";
import { appsInstalled, SERVICE_FOLDER } from "./apps";
import { whyNoNetwork } from "./own-network";
import { findPrograms, type Programs } from "./programs";

/** The command line of the proof. */
export interface ProofOptions {
  readonly controlPlane?: string;
  readonly chart?: string;
  readonly json?: boolean;
  readonly write?: boolean;
  /** Folder for files; set where this process runs in a network of its own. */
  readonly ownNetwork?: string;
}

/** What the proof on a cluster needs. */
export interface Means {
  readonly controlPlane: string;
  readonly programs: Programs;
  readonly chart: Chart;
}

/** @returns what the proof needs, or one sentence of what is not there */
export function meansOf({
  controlPlane,
  chart,
  ownNetwork,
}: ProofOptions): Means | { readonly skipped: string } {
  if (controlPlane === undefined) return { skipped: "no --control-plane was given" };
  if (!appsInstalled()) {
    const fix = `Fix: npm ci --prefix ${SERVICE_FOLDER}`;
    return { skipped: `${SERVICE_FOLDER}: its dependencies are not installed. ${fix}` };
  }
  const programs = findPrograms();
  if ("missing" in programs) return { skipped: programs.missing };
  const found = findChart(chart === undefined ? {} : { folder: chart });
  if ("missing" in found) return { skipped: found.missing };
  const whyNot = ownNetwork === undefined ? whyNoNetwork() : undefined;
  return whyNot === undefined
    ? { controlPlane: path.resolve(controlPlane), programs, chart: found.chart }
    : { skipped: whyNot };
}
