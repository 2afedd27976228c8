import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { steps } from "./workflow-files";

const CHANGELOG = `# Changelog

## [Unreleased]

- Not yet.

## [1.2.0] - 2026-01-02

### Added

- This.

## [1.1.0] - 2025-01-02

- That.
`;

/** Runs release.yml's own step in a folder with this changelog and this version in package.json. */
function notesOf(
  tag: string,
  version: string,
): { code: number | null; said: string; notes: string } {
  const script = steps.find(({ step }) => step.id === "notes")?.step.run;
  assert.ok(script);
  const folder = mkdtempSync(path.join(tmpdir(), "release-notes-"));
  try {
    writeFileSync(path.join(folder, "CHANGELOG.md"), CHANGELOG);
    writeFileSync(path.join(folder, "package.json"), JSON.stringify({ version }));
    const { status, stdout, stderr } = spawnSync("bash", ["-e", "-o", "pipefail", "-c", script], {
      cwd: folder,
      env: { ...process.env, GITHUB_REF_NAME: tag, RUNNER_TEMP: folder },
      encoding: "utf8",
    });
    const file = path.join(folder, "notes.md");
    const notes = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
    return { code: status, said: stdout + stderr, notes };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("a release", () => {
  it("has the section of its version as notes", () => {
    const { code, notes, said } = notesOf("v1.2.0", "1.2.0");
    assert.equal(code, 0, said);
    assert.equal(notes, "### Added\n\n- This.");
  });

  it("is refused without a section", () => {
    const { code, said } = notesOf("v1.3.0", "1.3.0");
    assert.equal(code, 1);
    assert.match(said, /must have a section ## \[1\.3\.0\]/);
  });

  it("is refused where package.json has another version", () => {
    const { code, said } = notesOf("v1.2.0", "1.1.0");
    assert.equal(code, 1);
    assert.match(said, /must have version 1\.2\.0; got 1\.1\.0/);
  });
});
