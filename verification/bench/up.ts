import path from "node:path";
import { scheduleUp } from "../../simulation/account/up-schedule";
import { Cloud } from "../../simulation/cloud/cloud";
import { durations } from "../../simulation/cloud/durations";
import { runProgram } from "../../simulation/program";
import { record } from "../../simulation/recorder";
import { clock } from "../../simulation/report";
import { readStackFiles } from "../../simulation/stack-files";
import type { Measurement } from "./measurement";

/**
 * The shortest way to a Grafana on EKS, whoever builds it: a VPC and its subnets, the control
 * plane, the chart on a first node that is not there yet, and the load balancer in front of it.
 */
const FORCED = [
  durations.awsCall,
  durations.awsCall,
  durations.controlPlane,
  durations.namespace,
  durations.chart,
  durations.loadBalancer,
].reduce((total, { create }) => total + create, 0);

/** Seconds that `up` of prod takes in the simulation, against the shortest chain that EKS allows. */
export async function measureUp(): Promise<Measurement> {
  const files = readStackFiles(path.join(__dirname, "..", ".."), "prod");
  const cloud = Cloud.of(files.config);
  const { resources } = await record({ ...files, stack: "prod", cloud }, runProgram);
  const { seconds } = scheduleUp(resources, cloud);
  return {
    what: "up of prod, simulated",
    figure: clock(seconds),
    against: `${clock(FORCED)} forced by EKS, by the same assumed times`,
    ratio: seconds / FORCED,
    most: 1.1,
  };
}
