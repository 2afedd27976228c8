import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { externalTool } from "../../support/external-tool";

describe("npm run dashboards", () => {
  it("writes a file for each dashboard, named by its uid", () => {
    const folder = mkdtempSync(join(tmpdir(), "dashboards-"));
    try {
      const out = join(folder, "not", "there", "yet");
      const { status, stderr } = script("dashboards", ["--out", out]);
      assert.equal(status, 0, stderr);
      const files = readdirSync(out).sort();
      assert.equal(files.length, 3);
      for (const file of files) {
        const { uid } = JSON.parse(readFileSync(join(out, file), "utf8")) as { uid: string };
        assert.equal(file, `${uid}.json`);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("asks for a folder where none is given", () => {
    const { status, stderr } = script("dashboards", []);
    assert.equal(status, 1);
    assert.match(stderr, /--out <folder>/);
  });
});

describe("npm run prove", () => {
  it("says in a sentence which programs are missing, and how to get them", () => {
    const { status, stderr } = script("main", [], { PATH: "/nowhere" });
    assert.equal(status, 2);
    assert.match(stderr, /^promtool, amtool, alertmanager: not on PATH, .*apt-get install/);
  });

  it("writes nothing where it cannot prove anything on a cluster", function () {
    externalTool(this, "promtool");
    externalTool(this, "amtool");
    externalTool(this, "alertmanager", "prometheus-alertmanager");
    const { status, stderr } = script("main", ["--write"]);
    assert.equal(status, 2);
    assert.match(stderr, /^nothing to write: no --control-plane was given/);
  });
});

function script(name: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  return spawnSync(
    process.execPath,
    ["-r", "./register.cjs", `verification/proof/${name}.ts`, ...args],
    {
      encoding: "utf8",
      env: { ...process.env, ...environment },
    },
  );
}
