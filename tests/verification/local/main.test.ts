import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";

describe("npm run try-local", () => {
  const run = (args: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
    spawnSync(process.execPath, ["-r", "./register.cjs", "verification/local/main.ts", ...args], {
      encoding: "utf8",
      env: { ...process.env, PROOF: "", ...environment },
    });

  it("says in a line what is missing, and fails by it where a proof is required", () => {
    const { status, stderr } = run([]);
    assert.equal(stderr, "SKIPPED: the local stack: no --control-plane was given\n");
    assert.equal(status, 2);
    assert.equal(run([], { PROOF: "required" }).status, 1);
  });

  it("fails where its control plane does not come up", () => {
    const { status, stderr } = run(["--control-plane", "/bin/false"], { PROOF: "required" });
    assert.equal(status, 1);
    assert.match(stderr, /SKIPPED: |\/bin\/false up failed/);
  });
});
