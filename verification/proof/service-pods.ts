import { setTimeout as delay } from "node:timers/promises";
import type { Kubernetes, KubernetesObject } from "../cluster/kubernetes";
import type { DeployedService } from "../deployed";
import type { Listen } from "./apps";
import { addressOf, type Pod, podsWith } from "./pod";

interface Autoscaler extends KubernetesObject {
  readonly spec: {
    readonly minReplicas?: number;
    readonly scaleTargetRef: { readonly name: string };
  };
}

const SECONDS = 120;

/**
 * The pods of a service, as many as its autoscaler wants at least.
 * @throws Error where there are fewer after 120 s
 */
export async function podsOf(
  kubernetes: Kubernetes,
  { name, namespace, service }: DeployedService,
): Promise<readonly Pod[]> {
  const deadline = Date.now() + SECONDS * 1000;
  for (;;) {
    const scalers = await kubernetes.list<Autoscaler>(
      "autoscaling/v2",
      "HorizontalPodAutoscaler",
      namespace,
    );
    const own = scalers.find(({ spec }) => spec.scaleTargetRef.name === name);
    const wanted = own?.spec.minReplicas ?? 1;
    const pods = await podsWith(kubernetes, namespace, service.spec.selector);
    if (pods.length >= wanted) return pods;
    if (Date.now() > deadline) {
      throw new Error(`${name} must have ${wanted} pods; got ${pods.length}`);
    }
    await delay(500);
  }
}

/** The container's own port, at the pod's address. */
export function listenOf(pod: Pod): Listen {
  const [port] = pod.spec.containers.flatMap(({ ports = [] }) => ports);
  if (!port) throw new Error(`the pod ${pod.metadata.name} has no port`);
  return { host: addressOf(pod), port: port.containerPort };
}
