import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { Context } from "mocha";
import { notAsked } from "./external-tool";
import { ROOT } from "./simulated";

const run = promisify(execFile);
const PROGRAM = path.join(ROOT, "..", "shared", "bin", "control-plane");

/** A real Kubernetes on this machine, whose nodes kwok plays. */
export interface ControlPlane {
  /** Path of its kubeconfig. */
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

/**
 * Starts one, with a node in each of three zones; skips the test where that cannot be.
 * @param stages file of kwok stages: how some pods come up. @default as all others
 */
export async function controlPlane(test: Context, stages = ""): Promise<ControlPlane> {
  if (!existsSync(PROGRAM)) {
    notAsked(
      test,
      `${PROGRAM}, which starts a Kubernetes for tests; it is no part of the repository`,
    );
  }
  const folder = mkdtempSync(path.join(tmpdir(), "control-plane-"));
  const stop = async (): Promise<void> => {
    await run(PROGRAM, ["down", folder]);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const env = { ...process.env, CONTROL_PLANE_STAGES: stages };
    const { stdout } = await run(PROGRAM, ["up", folder], { env });
    return { kubeconfig: stdout.trim(), stop };
  } catch (error) {
    await stop();
    const { stderr = "" } = error as { stderr?: string };
    if (!stderr.includes("is missing")) throw error;
    notAsked(test, `a Kubernetes: ${stderr.trim()}`);
  }
}

/** Waits until a look finds something. @throws Error after 20 s */
export async function eventually<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`still not so after 20 s: ${String(look)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
