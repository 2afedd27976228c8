import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { Context } from "mocha";
import { beside } from "./external-tool";
import { ROOT } from "./simulated";

const START = path.join(ROOT, "..", "shared", "bin", "control-plane");
const run = promisify(execFile);

/** A real Kubernetes API server with its controllers; nodes and pods are played. */
export interface ControlPlane {
  /** Text of an admin's kubeconfig. */
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

/** Starts one in a temporary folder, in about 5 s; skips the suite where there is nothing to start it with. */
export async function startControlPlane(test: Context): Promise<ControlPlane> {
  if (!existsSync(START)) beside(test, path.relative(ROOT, START), "a real Kubernetes for tests");
  const folder = mkdtempSync(path.join(tmpdir(), "control-plane-"));
  const stop = async () => {
    await run(START, ["down", folder]);
    rmSync(folder, { recursive: true });
  };
  try {
    const { stdout } = await run(START, ["up", folder]);
    return { kubeconfig: readFileSync(stdout.trim(), "utf8"), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
