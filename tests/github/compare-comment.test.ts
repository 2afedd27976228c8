import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { steps } from "./workflow-files";

const SHA = "0123456789012345678901234567890123456789";
const MARK = "<!-- npm run compare -->";
const COMMENT = { id: 9, user: { login: "github-actions[bot]" }, body: `${MARK}\n\nold` };
const OPEN = [{ number: 7, head: { sha: SHA } }];

interface Given {
  readonly pulls?: readonly object[];
  readonly comments?: readonly object[];
  /** Puts a report into $REPORT_FOLDER. @default none: the run has no artifact */
  readonly report?: string | ((file: string) => void);
}

/** Runs compare-comment.yml's own step with a gh that answers as GitHub's API is documented. */
function post({ pulls = OPEN, comments = [], report }: Given) {
  const script = steps.find(({ step }) => step.id === "post")?.step.run;
  assert.ok(script);
  const folder = mkdtempSync(path.join(tmpdir(), "compare-comment-"));
  const file = (name: string) => path.join(folder, name);
  try {
    mkdirSync(file("bin"));
    mkdirSync(file("artifact"));
    if (typeof report === "string") writeFileSync(file("artifact/compare.md"), report);
    else report?.(file("artifact/compare.md"));
    writeFileSync(file("pulls"), JSON.stringify(pulls));
    writeFileSync(file("comments"), JSON.stringify(comments));
    writeFileSync(
      file("bin/gh"),
      `#!/bin/sh
       printf '%s\\n' "$*" >> ${file("calls")}
       case "$*" in
       *"--method GET repos/o/r/pulls "*) cat ${file("pulls")} ;;
       *--paginate*) cat ${file("comments")} ;;
       "run download"*) [ ${report === undefined ? "" : "x"} ] && cp -R ${file("artifact")} ${file("compare")} ;;
       esac\n`,
    );
    chmodSync(file("bin/gh"), 0o755);
    const { status, stdout, stderr } = spawnSync("bash", ["-e", "-o", "pipefail", "-c", script], {
      env: {
        PATH: `${file("bin")}:${process.env.PATH ?? ""}`,
        RUNNER_TEMP: folder,
        GH_REPO: "o/r",
        RUN_ID: "5",
        HEAD_SHA: SHA,
        HEAD_OWNER: "somebody",
        HEAD_BRANCH: 'a"; touch b',
      },
      encoding: "utf8",
    });
    const read = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), "utf8") : "");
    return {
      status,
      said: stdout + stderr,
      calls: read("calls").split("\n"),
      body: read("body.md"),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("the comment on a pull request", () => {
  const written = (calls: readonly string[]) => calls.filter((call) => /PATCH|POST/.test(call));

  it("is made for the pull request that the event names, with the report", () => {
    const { status, said, calls, body } = post({ report: "## What\n\n| a | b |" });
    assert.equal(status, 0, said);
    assert.match(calls[0] ?? "", /--raw-field head=somebody:a"; touch b$/);
    assert.match(written(calls)[0] ?? "", /--method POST repos\/o\/r\/issues\/7\/comments /);
    assert.ok(body.startsWith(`${MARK}\n\n## What\n\n| a | b |\n`), body);
    assert.ok(body.endsWith(`Of ${SHA}, by its own code.\n`));
  });

  it("is one, which the next run updates; another's of the same beginning is left alone", () => {
    const another = { ...COMMENT, id: 8, user: { login: "somebody" } };
    const { calls } = post({ report: "new", comments: [another, COMMENT] });
    assert.deepEqual(written(calls).length, 1);
    assert.match(written(calls)[0] ?? "", /--method PATCH repos\/o\/r\/issues\/comments\/9 /);
  });

  it("is not made where the pull request has moved on, or the run has no report", () => {
    const moved = post({ report: "x", pulls: [{ number: 7, head: { sha: "other" } }] });
    for (const { status, said, calls } of [moved, post({ report: "x", pulls: [] }), post({})]) {
      assert.equal(status, 0, said);
      assert.deepEqual(written(calls), []);
    }
  });

  it("takes no markup from the artifact, and no more than GitHub does", () => {
    const { body } = post({
      report: `@team ![x](https://a.example) <img src=y>\n${"é".repeat(90_000)}`,
    });
    const [, , line = ""] = body.split("\n");
    assert.equal(line, "&#64;team ![x]&#40;https://a.example) &lt;img src=y>");
    assert.ok(body.length < 65_536 && !body.includes("\ufffd"));
  });

  it("is the text alone, where the artifact holds the page too", () => {
    const { body } = post({
      report: (file) => {
        writeFileSync(file, "the text");
        writeFileSync(file.replace(/md$/, "html"), "the page");
      },
    });
    assert.ok(body.includes("the text") && !body.includes("the page"), body);
  });

  it("reads no file that the artifact only points at", () => {
    const { status, said, calls } = post({
      report: (file) => {
        symlinkSync("/etc/hostname", file);
      },
    });
    assert.equal(status, 1);
    assert.match(said, /must hold the file compare\.md; got none/);
    assert.deepEqual(written(calls), []);
  });
});
