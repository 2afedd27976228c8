import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Comparison } from "../../compare/comparison";
import { type Finished, run } from "../support/pulumi-cli";
import { ROOT } from "../support/simulated";

const NOT_COPIED = new Set([".git", "node_modules", ".venv", "dist", "coverage", ".local"]);
const COMMAND = ["-r", "./register.cjs", "compare/main.ts"];

describe("npm run compare of commits", function () {
  this.timeout(300_000);
  let folder: string;
  let project: string;
  let env: NodeJS.ProcessEnv;
  before(async () => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), "compare-refs-")));
    // The project is not the top of its repository: nobody says that it has to be.
    const repository = path.join(folder, "repository");
    project = path.join(repository, "monitoring");
    const { PATH, HOME } = process.env;
    env = { PATH, HOME, TMPDIR: path.join(folder, "tmp") };
    mkdirSync(path.join(folder, "tmp"));
    cpSync(ROOT, project, {
      recursive: true,
      filter: (file) => !NOT_COPIED.has(path.basename(file)),
    });
    symlinkSync(realpathSync(path.join(ROOT, "node_modules")), path.join(project, "node_modules"));
    writeFileSync(path.join(repository, ".gitignore"), "node_modules\n");
    await git("init", "--quiet", repository);
    await commit("first");
    await git("tag", "first");
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  async function git(...args: string[]): Promise<string> {
    const who = ["-c", "user.name=A", "-c", "user.email=a@example.com"];
    const { code, stdout, stderr } = await run(
      "git",
      ["-C", project, ...who, ...args],
      project,
      env,
    );
    assert.equal(code, 0, stderr);
    return stdout;
  }

  const commit = async (message: string): Promise<void> => {
    await git("add", "--all", "..");
    await git("commit", "--quiet", "--message", message);
  };

  const compare = (args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Finished> =>
    run(process.execPath, [...COMMAND, ...args], project, { ...env, ...more });

  /** An npm whose `ci` needs neither its minute nor a network; everything else is the real one's. */
  function withStubOfCi(): string {
    const bin = path.join(folder, "bin");
    mkdirSync(bin);
    const npm = path.join(bin, "npm");
    const modules = realpathSync(path.join(ROOT, "node_modules"));
    const ci = `echo "$@ in $PWD" >> ${folder}/ci; ln -s ${modules} node_modules`;
    writeFileSync(
      npm,
      `#!/bin/sh\nPATH=\${PATH#*:}\nif [ "$1" = ci ]; then ${ci}; else exec npm "$@"; fi\n`,
    );
    chmodSync(npm, 0o755);
    return `${bin}${path.delimiter}${env.PATH ?? ""}`;
  }

  const edit = (file: string, from: string, to: string): void => {
    const text = readFileSync(path.join(project, file), "utf8");
    assert.ok(text.includes(from), from);
    writeFileSync(path.join(project, file), text.replace(from, to));
  };

  /** Nothing of a checkout is left, neither for git nor on the disk; the packages are there. */
  const assertClean = async (): Promise<void> => {
    assert.equal((await git("worktree", "list", "--porcelain")).match(/^worktree /gm)?.length, 1);
    assert.deepEqual(readdirSync(path.join(folder, "tmp")), []);
    assert.ok(existsSync(path.join(ROOT, "node_modules", "@pulumi", "pulumi", "package.json")));
  };

  it("compares the working tree with HEAD, and leaves nothing", async () => {
    edit("Pulumi.prod.yaml", "taskServiceReplicas: 3", "taskServiceReplicas: 4");
    edit("Pulumi.yaml", "default: 31", "default: 32");
    const { code, stdout, stderr } = await compare(["--json"]);
    assert.equal(code, 0, stderr);
    const { before: old, after: wanted, changes } = JSON.parse(stdout) as Comparison;
    assert.match(old.label, /^HEAD \([0-9a-f]{7}\)$/);
    assert.equal(wanted.label, "the working tree");
    assert.deepEqual(
      changes?.settings.map(({ key, what, before: from, after: to }) => [key, what, from, to]),
      [
        ...(changes?.settings
          .filter(({ what }) => what === "default")
          .map(({ key }) => [key, "default", "31", "32"]) ?? []),
        ["taskServiceReplicas", "value", "3", "4"],
      ],
    );
    assert.equal(changes.settings.filter(({ what }) => what === "default").length, 1);
    assert.ok(changes.resources.every(({ change }) => change === "changed"));
    assert.ok(
      changes.resources.some(({ resource }) => resource === "HorizontalPodAutoscaler task-service"),
    );
    assert.equal(changes.modelsDiffer, false);
    await assertClean();
  });

  it("compares two commits with packages of their own, whatever the working tree holds", async () => {
    edit("simulation/cloud/durations.ts", '"control plane", 615', '"control plane", 715');
    await commit("second");
    edit("index.ts", "const config", "const nothing");
    edit("package-lock.json", '"version": "0.1.0"', '"version": "0.1.1"');
    const { code, stdout, stderr } = await compare(["first", "HEAD"], { PATH: withStubOfCi() });
    await git("checkout", "--quiet", "--", ".");
    assert.equal(code, 0, stderr);
    assert.match(stdout.split("\n")[0] ?? "", /first \([0-9a-f]{7}\) to HEAD \([0-9a-f]{7}\)$/);
    assert.match(stdout, /^up, minutes +16:13 +17:53 +\+1:40$/m);
    assert.match(stdout, /The two sides have different simulated clouds/);
    assert.equal(stderr.match(/has other packages than this folder: npm ci/g)?.length, 2);
    const ran = readFileSync(path.join(folder, "ci"), "utf8");
    assert.match(ran, /^(ci --ignore-scripts .* in .*\/worktree\/monitoring\n){2}$/);
    await assertClean();
  });

  it("shows what a broken program says, and tells of the other side", async () => {
    edit("index.ts", "const config = readConfig();", 'throw new Error("broken on purpose");');
    const { code, stdout } = await compare(["HEAD"]);
    await git("checkout", "--quiet", "--", "index.ts");
    assert.equal(code, 1);
    assert.match(stdout, /the working tree does not run: [^]*broken on purpose/);
    assert.match(stdout, /HEAD \([0-9a-f]{7}\) runs: \d+ resources, up in 1[67]:/);
    await assertClean();
  });

  it("removes its checkout when it is interrupted", async () => {
    const child = spawn(process.execPath, [...COMMAND, "HEAD"], {
      cwd: project,
      env,
      stdio: "ignore",
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    const isThere = () =>
      readdirSync(path.join(folder, "tmp"), { recursive: true }).some((file) =>
        String(file).endsWith("worktree/monitoring/node_modules"),
      );
    while (!isThere() && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(child.kill("SIGINT"));
    assert.equal(await ended, 130);
    await assertClean();
  });

  it("says in one sentence that there is no such commit, no repository and no git", async () => {
    const notCommit =
      /^error: REF must be a commit of this repository; got "(nope|HEAD:index\.ts)"\. Fix: .*\n$/;
    for (const ref of ["nope", "HEAD:index.ts"])
      assert.match((await compare([ref])).stderr, notCommit);
    const nowhere = { GIT_CEILING_DIRECTORIES: folder };
    const hidden = path.join(folder, "hidden");
    cpSync(path.join(project, "..", ".git"), hidden, { recursive: true });
    rmSync(path.join(project, "..", ".git"), { recursive: true });
    try {
      const { code, stderr } = await compare([], nowhere);
      assert.equal(code, 1);
      assert.match(stderr, /^error: .* in a git repository; got none at .*\. Fix: clone .*\n$/);
      const none = await compare([], { PATH: path.join(folder, "tmp") });
      assert.equal(none.code, 1);
      assert.match(none.stderr, /^error: .* got no program git\. Fix: https:.*\n$/);
    } finally {
      cpSync(hidden, path.join(project, "..", ".git"), { recursive: true });
    }
  });
});
