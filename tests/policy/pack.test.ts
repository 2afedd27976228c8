import assert from "node:assert/strict";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { type AttachedEngine, attachedEngine } from "../support/attached-engine";
import { ROOT } from "../support/simulated";

const RUNNER = path.join(ROOT, "node_modules", "@pulumi", "pulumi", "cmd", "run-policy-pack");

/**
 * What an installed CLI leaves to its language host: to start the SDK's runner of policy packs. Without
 * that host the engine starts this program in its place; the runner and the pack are the real ones.
 */
const STARTER = "pulumi-analyzer-policy-nodejs";

const PREVIEW = ["preview", "--non-interactive", "--policy-pack", "policy"];

describe("the policy pack with the real CLI", function () {
  // Four previews, each with a pack that starts anew.
  this.timeout(180_000);
  let engine: AttachedEngine | undefined;
  let project: string;
  let pulumi: (...args: string[]) => Promise<{ code: number; printed: string }>;
  before(async function () {
    const projectOf = (folder: string) => path.join(folder, "project");
    const attached = await attachedEngine(this, "prod", projectOf);
    engine = attached;
    const starter = path.join(attached.bin, STARTER);
    writeFileSync(starter, `#!/bin/sh\nexec '${process.execPath}' '${RUNNER}' "$@"\n`);
    chmodSync(starter, 0o755);
    project = linkedProject(projectOf(attached.folder));
    pulumi = async (...args) => {
      const { code, stdout, stderr } = await attached.pulumi(project, ...args);
      return { code, printed: stdout + stderr };
    };
    assert.equal((await pulumi("stack", "init", "prod")).code, 0);
  });
  after(() => {
    engine?.close();
  });

  it("lets prod pass, with its advice", async () => {
    const { code, printed } = await pulumi(...PREVIEW);
    assert.equal(code, 0, printed);
    assert.match(printed, /\[advisory\] {2}api-server-networks {2}\(aws:eks\/cluster:Cluster/);
    assert.doesNotMatch(printed, /\[mandatory\]|can't run policy/);
  });

  it("stops what would lose data, and can be set and switched off", async () => {
    assert.equal((await pulumi("config", "set", "persistence", "false")).code, 0);
    const refused = await pulumi(...PREVIEW);
    assert.notEqual(refused.code, 0, refused.printed);
    assert.match(refused.printed, /\[mandatory\] {2}keeps-data/);
    assert.match(
      refused.printed,
      /Prometheus of monitoring must be on a volume in stack prod; got/,
    );

    const file = path.join(project, "..", "settings.json");
    for (const setting of [{ stacks: ["live"] }, "disabled"]) {
      writeFileSync(file, JSON.stringify({ "keeps-data": setting }));
      const { code, printed } = await pulumi(...PREVIEW, "--policy-pack-config", file);
      assert.equal(code, 0, printed);
      assert.ok(!printed.includes("keeps-data"), printed);
    }
  });
});

/** The tree by links, so that the CLI writes into no stack file of it. */
function linkedProject(folder: string): string {
  mkdirSync(folder);
  for (const name of readdirSync(ROOT).filter((each) => !each.startsWith("."))) {
    const [from, to] = [path.join(ROOT, name), path.join(folder, name)];
    if (/^Pulumi\..+\.yaml$/.test(name)) copyFileSync(from, to);
    else symlinkSync(from, to);
  }
  return folder;
}
