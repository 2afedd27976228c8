import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { connect, type TestCluster } from "./cluster";

/**
 * Starts a Kubernetes for as long as something is done on it.
 * @param program is called as `up FOLDER`, which prints the path of a kubeconfig, and `down FOLDER`
 * @throws Error where none comes up, or it is none that may be filled
 */
export async function onControlPlane<T>(
  program: string,
  folder: string,
  use: (cluster: TestCluster) => Promise<T>,
): Promise<T> {
  const plane = path.join(folder, "control-plane");
  mkdirSync(plane);
  try {
    const up = spawnSync(program, ["up", plane], { encoding: "utf8" });
    if (up.status !== 0) throw new Error(`${program} up failed: ${up.error?.message ?? up.stderr}`);
    const connected = await connect(up.stdout.trim());
    if ("refused" in connected) throw new Error(connected.refused);
    return await use(connected.cluster);
  } finally {
    spawnSync(program, ["down", plane]);
  }
}
