import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { ROOT } from "./support/simulated";

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm start` of a stack where no package of optionalDependencies can be found. */
function start(...args: readonly string[]): Promise<Ended> {
  const node = ["-r", "./register.cjs", "-r", "./tests/support/without-optional.cjs"];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...node, "simulation/main.ts", ...args],
      { cwd: ROOT },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}

describe("without the optional packages", () => {
  it("the local stack runs, with nothing of AWS in it", async () => {
    const { code, stdout, stderr } = await start("--stack", "local", "--json");
    assert.equal(code, 0, stderr);
    const { resources } = JSON.parse(stdout) as { resources: { type: string }[] };
    const packages = new Set(resources.map(({ type }) => type.split(":")[0]));
    assert.deepEqual([...packages].sort(), [
      "kubernetes",
      "kubernetes-monitoring",
      "pulumi",
      "random",
    ]);
    assert.doesNotMatch(stdout, /aws/i);
  });

  it("a stack of AWS says in one sentence what to install", async () => {
    const { code, stderr } = await start("--stack", "dev");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error: platform eks must find its packages; got Cannot find module '@pulumi\/aws'. Fix: npm ci --include=optional$/m,
    );
  });
});
