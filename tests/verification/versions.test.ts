import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { NOTICE_DAYS, supportWarning } from "../../components/cluster/kubernetes-support";
import { pinned } from "../../verification/versions/pinned";
import { dueInVersions, supportOfMinors } from "../../verification/versions/support";
import { versions } from "../../versions";
import { ROOT } from "../support/simulated";

const [{ minor: first, standardSupportEnds: firstEnds }] = versions.kubernetes;
const { minor: newest, standardSupportEnds: newestEnds } =
  versions.kubernetes.at(-1) ?? assert.fail("no minor");

/** A day as `--today` takes it. */
const before = (end: string, days: number): string =>
  new Date(Date.parse(end) - days * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);

const run = (...args: string[]): { stdout: string; stderr: string; status: number | null } =>
  spawnSync(process.execPath, ["-r", "./register.cjs", "verification/versions/main.ts", ...args], {
    cwd: ROOT,
    encoding: "utf8",
    env: { PATH: process.env.PATH },
  });

describe("npm run versions", () => {
  it("shows each minor with its last day and the days left, and what else is pinned", () => {
    const { stdout, status } = run("--today", before(firstEnds, NOTICE_DAYS + 1));
    assert.equal(status, 0);
    assert.match(stdout, new RegExp(`^${first} +${firstEnds} +${NOTICE_DAYS + 1} +default$`, "m"));
    for (const { minor, standardSupportEnds } of versions.kubernetes) {
      assert.match(stdout, new RegExp(`^${minor} +${standardSupportEnds} +\\d+`, "m"));
    }
    for (const { name, version } of pinned()) {
      assert.match(stdout, new RegExp(`^${name} +${version.replaceAll(".", "\\.")} `, "m"));
    }
    assert.ok(!stdout.includes("must be") && !stdout.includes("\u001b"));
  });

  it("says what up says from 60 days before, and fails with --check only", () => {
    const today = before(firstEnds, NOTICE_DAYS);
    const warning = supportWarning(first, new Date(today)) ?? assert.fail("no warning");
    const shown = run("--today", today);
    assert.ok(shown.stdout.includes(warning), shown.stdout);
    assert.equal(shown.status, 0);
    assert.equal(run("--today", today, "--check").status, 1);
    assert.equal(run("--today", before(firstEnds, NOTICE_DAYS + 1), "--check").status, 0);
  });

  it("tells the project to move the default, to add a minor and to remove one, each in time", () => {
    const due = (today: string) => dueInVersions(supportOfMinors(new Date(today)));
    assert.deepEqual(due(before(firstEnds, NOTICE_DAYS + 1)), []);
    const [moved = "", ...more] = due(before(firstEnds, 1));
    assert.match(moved, /^defaultKubernetes in versions.ts must be .* Fix: set the next minor/);
    assert.deepEqual(more, []);
    const late = due(before(newestEnds, 1)).join("\n");
    assert.match(late, new RegExp(`got ${first}\\. Fix: remove it`));
    assert.match(late, new RegExp(`got ${newest} with 1\\. Fix: add the next minor`));
  });

  it("prints one document with --json", () => {
    const { stdout, status } = run("--json", "--today", before(firstEnds, 10));
    const document = JSON.parse(stdout) as {
      kubernetes: readonly { minor: string; daysLeft: number; warning?: string }[];
      due: readonly string[];
    };
    assert.equal(status, 0);
    const [row] = document.kubernetes;
    assert.deepEqual([row?.minor, row?.daysLeft], [first, 10]);
    assert.match(row?.warning ?? "", /^kubernetesVersion must be/);
    assert.equal(document.due.length, 1);
  });

  it("refuses a day that there is not, and options that npm keeps for itself", () => {
    const wrong = run("--today", "2027-02-31");
    assert.match(wrong.stderr, /It must be a day such as 2027-01-31/);
    assert.equal(wrong.status, 1);
    const kept = spawnSync("npm", ["run", "versions", "--check"], { cwd: ROOT, encoding: "utf8" });
    assert.match(kept.stderr, /got --check\. Fix: npm run versions -- --check/);
    assert.equal(kept.status, 1);
  });
});

describe("the list of what is pinned", () => {
  it("has every version of versions.ts", () => {
    const listed = new Set(pinned().map(({ version }) => version));
    const text = readFileSync(path.join(ROOT, "versions.ts"), "utf8");
    const renovated = [...text.matchAll(/\/\/ renovate: .*\n\s+\w+: "([^"]+)"/g)];
    assert.ok(renovated.length >= 3);
    for (const [, version = ""] of renovated) assert.ok(listed.has(version), version);
    for (const { minor } of versions.kubernetes) assert.ok(listed.has(versions.kubectl(minor)));
  });

  it("has the images that services are built on", () => {
    const images = pinned().filter(({ file }) => file === "services/task-service/Dockerfile");
    assert.deepEqual(
      images.map(({ name }) => name),
      ["node", "gcr.io/distroless/nodejs24-debian13"],
    );
  });
});
