import { controllerMade, type ControllerMade } from "./account/controllers";
import type { UpSchedule } from "./account/up-schedule";
import { total } from "./bill";
import type { Cloud } from "./cloud/cloud";
import { RELEASE } from "./cloud/helm-release";
import { isKeda } from "./cloud/keda-chart";
import type { Pods } from "./cloud/pods";
import type { Resource } from "./resource";

/**
 * One line: what KEDA's pods ask for, and what nodes cost beyond those of the rest.
 * @param made what controllers make for the whole stack
 * @returns undefined where the stack has no KEDA
 */
export function kedaCost(
  resources: readonly Resource[],
  { spans }: Pick<UpSchedule, "spans">,
  made: readonly ControllerMade[],
  cloud: Cloud,
): string | undefined {
  const release = resources.find((resource) => resource.type === RELEASE && isKeda(resource));
  if (!release) return undefined;
  const pods = cloud.pods(release, resources);
  const sum = (of: (pod: Pods) => number): number =>
    pods.reduce((all, pod) => all + of(pod) * Number(pod.count), 0);
  const others = resources.filter((resource) => resource !== release);
  const without = controllerMade(others, spans, cloud);
  const more = charged(made) - charged(without);
  return (
    `KEDA: ${sum(() => 1)} pods that ask for ${sum((pod) => pod.cpuMillicores)}m CPU and ` +
    `${sum((pod) => pod.memoryMiB)} MiB; nodes cost ${more.toFixed(2)} USD more with them.`
  );
}

const charged = (made: readonly ControllerMade[]): number =>
  total(made.flatMap(({ charges }) => charges));
