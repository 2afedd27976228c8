import { setTimeout as delay } from "node:timers/promises";
import type { Kubernetes } from "../cluster/kubernetes";
import { objectsOf, staysOnPurpose } from "../cluster/objects";

/** Controllers need a moment for what follows from a deletion, such as that of a volume. */
const SECONDS = 30;

/** What a destroy has left: objects that were not there before `up`, volumes and Helm's records. */
export async function leftOn(
  kubernetes: Kubernetes,
  before: readonly string[],
): Promise<readonly string[]> {
  const deadline = Date.now() + SECONDS * 1000;
  for (;;) {
    const objects = (await objectsOf(kubernetes)).filter(
      (object) => !before.includes(object) && !staysOnPurpose(object),
    );
    const left = [...objects, ...(await hidden(kubernetes))];
    if (left.length === 0 || Date.now() > deadline) return left;
    await delay(500);
  }
}

/** What the list of wished-for objects leaves out: their names are another each time. */
async function hidden(kubernetes: Kubernetes): Promise<readonly string[]> {
  const volumes = await kubernetes.list("v1", "PersistentVolume");
  const secrets = await kubernetes.list("v1", "Secret");
  const releases = secrets.filter(({ metadata }) => metadata.name.startsWith("sh.helm.release."));
  return [...volumes, ...releases].map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}
