import { at, reveal } from "../resource";
import type { CloudResource } from "./behaviour";
import { countAt, type Pods, requestedCpu, requestedMemory } from "./pods";

/** Whether a release is KEDA's: the chart's name ends its address, its path or its archive. */
export const isKeda = ({ inputs }: Pick<CloudResource, "inputs">): boolean =>
  /(^|\/)keda(-[\d.]+\.tgz)?$/.test(String(reveal(inputs.chart)));

/** Operator, metrics server and webhooks, with the requests that the program's values give them. */
export function kedaPods(release: CloudResource): Pods[] {
  const values = reveal(release.inputs.values);
  const pods = (name: string, part: string, resources: string): Pods => ({
    name,
    because: release.urn,
    count: countAt(values, `${part}.replicaCount`),
    spread: true,
    cpuMillicores: requestedCpu(at(values, `resources.${resources}`)),
    memoryMiB: requestedMemory(at(values, `resources.${resources}`)),
  });
  return [
    pods("keda-operator", "operator", "operator"),
    pods("keda-metrics-server", "metricsServer", "metricServer"),
    pods("keda-webhooks", "webhooks", "webhooks"),
  ];
}
