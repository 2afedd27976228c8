import { scheduleUp } from "../../simulation/account/up-schedule";
import { durations } from "../../simulation/cloud/durations";
import { recordStack } from "../../simulation/record-stack";
import { clock } from "../../simulation/clock";
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
  const { resources, cloud } = await recordStack("prod");
  const { seconds } = scheduleUp(resources, cloud);
  return {
    what: "up of prod, simulated",
    figure: clock(seconds),
    against: `${clock(FORCED)} forced by EKS, by the same assumed times`,
    ratio: seconds / FORCED,
    most: 1.1,
  };
}
