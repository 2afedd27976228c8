import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { findCli } from "../../../verification/rehearsal/cli";
import { providerPackages } from "../../../verification/rehearsal/packages";
import { ROOT } from "../../support/simulated";

describe("The CLI of a rehearsal", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "rehearsal-cli-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** A program of that name which prints a version and does nothing else. */
  function standIn(where: string, version: string): string {
    const file = path.join(folder, where, "pulumi");
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\necho v${version}\n`);
    chmodSync(file, 0o755);
    return file;
  }
  const env = (PATH: string) => ({ PATH, PULUMI_HOME: path.join(folder, "home") });

  /** Looks for the CLI with another PATH. */
  async function findWith(PATH: string) {
    const { PATH: oldPath, PULUMI_HOME: oldHome } = process.env;
    Object.assign(process.env, env(PATH));
    try {
      const found = await findCli("3.248.0");
      return "missing" in found ? found.missing : `${found.command.command} ${found.version}`;
    } finally {
      process.env.PATH = oldPath;
      if (oldHome === undefined) delete process.env.PULUMI_HOME;
      else process.env.PULUMI_HOME = oldHome;
    }
  }

  it("is taken from PATH, then from PULUMI_HOME", async () => {
    const home = standIn("home/bin", "3.248.0");
    const onPath = standIn("path", "3.300.1");
    assert.equal(await findWith(path.dirname(onPath)), "pulumi 3.300.1");
    assert.equal(await findWith("/nonexistent"), `${home} 3.248.0`);
  });

  it("is missed in one sentence that says how to get it", async () => {
    assert.equal(
      await findWith("/nonexistent"),
      `no pulumi CLI on PATH or in ${folder}/home/bin: install 3.248.0 or newer (https://www.pulumi.com/docs/install), or run with --install-cli`,
    );
  });

  it("has to be as new as the project asks for", async () => {
    const folderOnPath = path.dirname(standIn("path", "3.247.9"));
    assert.match(await findWith(folderOnPath), /is 3\.247\.9, older than 3\.248\.0: install/);
    standIn("path", "4.0.0");
    assert.equal(await findWith(folderOnPath), "pulumi 4.0.0");
    standIn("path", "unknown");
    assert.match(await findWith(folderOnPath), /does not tell its version: install/);
  });

  it("is asked for once a cluster is given; without one nothing is, unless REHEARSAL=required", () => {
    const run = (args: readonly string[], more: NodeJS.ProcessEnv = {}) => {
      const main = ["-r", "./register.cjs", "verification/rehearsal/main.ts", ...args];
      return spawnSync(process.execPath, main, {
        cwd: ROOT,
        env: { ...env("/nonexistent"), ...more },
        encoding: "utf8",
      });
    };
    const skipped = run([]);
    assert.match(skipped.stderr, /^SKIPPED: .*--kubeconfig FILE.*\n$/);
    assert.equal(skipped.status, 0);
    const required = run([], { REHEARSAL: "required" });
    assert.match(required.stderr, /^error: .*--kubeconfig FILE.*\n$/);
    assert.equal(required.status, 1);
    const asked = run(["--kubeconfig", "/nonexistent"]);
    assert.match(asked.stderr, /^error: no pulumi CLI .*\n$/);
    assert.equal(asked.status, 1);
  });
});

describe("The project", () => {
  const project = parse(readFileSync(path.join(ROOT, "Pulumi.yaml"), "utf8")) as {
    requiredPulumiVersion: string;
    main: string;
    runtime: { name: string };
  };
  const { dependencies, optionalDependencies } = JSON.parse(
    readFileSync(path.join(ROOT, "package.json"), "utf8"),
  ) as Record<"dependencies" | "optionalDependencies", Record<string, string>>;

  it("asks for the CLI of its SDK, and starts at index.ts in Node.js", () => {
    assert.equal(project.requiredPulumiVersion, `>=${dependencies["@pulumi/pulumi"] ?? ""}`);
    assert.equal(project.main, "index.ts");
    assert.equal(project.runtime.name, "nodejs");
  });

  it("has a provider rehearsed for every SDK that it depends on", () => {
    const names = providerPackages(ROOT).map(({ name }) => name);
    const all = { ...dependencies, ...optionalDependencies };
    const sdks = Object.keys(all).filter((name) => /^@pulumi(verse)?\//.test(name));
    assert.equal(names.length, sdks.length - 1);
    for (const name of ["aws", "awsx", "eks", "kubernetes", "docker-build", "random", "time"]) {
      assert.ok(names.includes(name), name);
    }
  });
});
