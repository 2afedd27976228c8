import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readStackFiles } from "../../../simulation/stack-files";
import { WorkFolder } from "../../../verification/rehearsal/work-folder";
import { PROJECT_NAME, ROOT } from "../../support/simulated";

describe("the folder that a rehearsal's CLI works in", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "work-folder-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("sets a key once, though the CLI has written the project's name before it", () => {
    const work = new WorkFolder(folder, "prod", ROOT, {});
    const file = path.join(folder, "Pulumi.prod.yaml");
    const byCli = readFileSync(file, "utf8").replace(/^ {2}(\w+):/gm, (line, key: string) =>
      key === "aws" ? line : `  ${PROJECT_NAME}:${key}:`,
    );
    writeFileSync(file, byCli);
    assert.ok(byCli.includes(`${PROJECT_NAME}:natGateways: per-zone`), byCli);
    work.configure({ natGateways: "single" });
    assert.equal(readFileSync(file, "utf8").match(/natGateways/g)?.length, 1);
    const { config } = readStackFiles(folder, "prod");
    assert.equal(config[`${PROJECT_NAME}:natGateways`], "single");
    assert.equal(config["aws:region"], "ap-northeast-1");
    assert.equal(config[`${PROJECT_NAME}:taskStore`], "dynamodb");
  });
});
