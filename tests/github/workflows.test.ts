import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import packageJson from "../../package.json";
import { ROOT } from "../support/simulated";
import { jobs, steps, workflows } from "./workflow-files";

/** Whose actions may run: GitHub's own, Docker's, and the vendors' of what the actions install. */
const OWNERS = ["actions", "docker", "github", "helm", "pulumi"];

const commands = steps.flatMap(({ name, step }) =>
  step.run === undefined ? [] : [{ name, run: step.run }],
);

describe("the workflows", () => {
  it("call only npm scripts that are there", () => {
    const scripts = commands.flatMap(({ name, run }) =>
      [...run.matchAll(/npm (run )?(start|test|(?<=run )[\w:-]+)/g)].map(([, , script = ""]) => ({
        name,
        script,
      })),
    );
    assert.ok(scripts.length > 0);
    for (const { name, script } of scripts) {
      assert.ok(script in packageJson.scripts, `${name}: npm run ${script} is not in package.json`);
    }
  });

  it("name only files of tests that are there", () => {
    const files = commands.flatMap(({ run }) => run.match(/tests\/\S+\.ts/g) ?? []);
    assert.ok(files.length > 0);
    for (const file of files) assert.ok(existsSync(path.join(ROOT, file)), file);
  });

  it("use official actions, by full digest, with the version beside it", () => {
    const used = workflows.flatMap(({ file, text }) =>
      [...text.matchAll(/uses: (.+)$/gm)].map(([, action = ""]) => ({ file, action })),
    );
    assert.ok(used.length > 0);
    for (const { file, action } of used) {
      if (action.startsWith("./")) continue;
      const [, owner = ""] = /^([\w-]+)\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.exec(action) ?? [];
      assert.ok(OWNERS.includes(owner), `${file}: ${action}`);
    }
  });

  it("pin one version of an action", () => {
    const used = new Set(workflows.flatMap(({ text }) => text.match(/uses: \w.*@.+$/gm) ?? []));
    const actions = [...used].map((use) => use.split("@")[0]);
    assert.deepEqual(actions, [...new Set(actions)]);
  });

  it("may read the repository and nothing else, unless one job says so", () => {
    for (const { file, workflow } of workflows)
      assert.deepEqual(workflow.permissions, { contents: "read" }, file);
    const more = jobs.filter(({ job }) => job.permissions !== undefined);
    assert.deepEqual(
      more.map(({ name, job }) => [name, job.permissions]),
      [
        ["compare-comment.yml, comment", { actions: "read", "pull-requests": "write" }],
        ["release.yml, release", { contents: "write" }],
      ],
    );
  });

  it("run nothing of a pull request where they may write", () => {
    for (const { file, text, workflow } of workflows) {
      if (!/^ {2}workflow_run:|pull_request_target/m.test(text)) continue;
      assert.equal(file, "compare-comment.yml");
      const used = Object.values(workflow.jobs).flatMap((job) => job.steps ?? []);
      assert.deepEqual(
        used.flatMap(({ uses = [] }) => uses),
        [],
      );
      assert.ok(
        used.every(
          ({ run = "" }) =>
            !/\b(npm|node|npx|git)\b/.test(run.replaceAll("npm run compare -->", "")),
        ),
      );
    }
  });

  it("leave no credentials in the checkout", () => {
    const checkouts = steps.filter(({ step }) => step.uses?.startsWith("actions/checkout@"));
    for (const { name, step } of checkouts)
      assert.equal(step.with?.["persist-credentials"], false, name);
  });

  it("end: every job has a limit, and a newer run takes the place of an older one", () => {
    for (const { name, job } of jobs) assert.ok((job["timeout-minutes"] ?? 0) > 0, name);
    for (const { file, workflow } of workflows) assert.ok(workflow.concurrency, file);
  });

  it("fail where one command of a pipe does", () => {
    for (const { file, workflow } of workflows)
      assert.equal(workflow.defaults?.run.shell, "bash", file);
  });

  it("put what others may write into scripts through the environment only", () => {
    for (const { name, run } of commands) assert.doesNotMatch(run, /\$\{\{/, name);
  });
});
