import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { recordStack } from "../../simulation/record-stack";
import { deployedService } from "../../verification/deployed";
import { deployedLibraryService } from "../../verification/proof/library-service";

const FOLDER = "docs/runbooks";
const INDEX = "README.md";
/** Work that no alert asks for. */
const UNALERTED = "cluster.md";
const SECTIONS = ["Meaning", "Impact", "Diagnosis", "Mitigation"];

describe("the runbooks", () => {
  const pages = new Map(
    readdirSync(FOLDER).map((file) => [file, readFileSync(`${FOLDER}/${file}`, "utf8")]),
  );

  it("have a page and an anchor for every alert, and no stale one", async () => {
    const onRequests = { config: { taskServiceRequestsPerSecond: "50" } };
    const task = deployedService(await recordStack("prod", onRequests), "task-service");
    const linked = new Set(
      [task, await deployedLibraryService()]
        .flatMap(({ rules: { groups } }) => groups)
        .flatMap(({ rules }) => rules)
        .flatMap((rule) => ("alert" in rule ? [rule.annotations.runbook] : []))
        .map((runbook) => runbook.split("/").at(-1)),
    );
    const written = [...pages]
      .filter(([file]) => file !== INDEX && file !== UNALERTED)
      .flatMap(([file, text]) =>
        headings(text, "##").map((name) => `${file}#${name.toLowerCase()}`),
      );
    assert.deepEqual(written.sort(), [...linked].sort());
  });

  it("tell meaning, impact, diagnosis and mitigation of each alert, in this order", () => {
    for (const [file, text] of pages) {
      if (file === UNALERTED) continue;
      for (const section of text.split(/^## /m).slice(1)) {
        const [alert = ""] = section.split("\n");
        assert.deepEqual(headings(section, "###"), SECTIONS, `${file}, ${alert}`);
      }
    }
  });

  it("are all in the index", () => {
    const indexed = [...(pages.get(INDEX) ?? "").matchAll(/\]\(([\w-]+\.md)\)/g)].map(
      ([, file]) => file,
    );
    assert.deepEqual(indexed.sort(), [...pages.keys()].filter((file) => file !== INDEX).sort());
  });

  it("link only to headings and pages that exist", () => {
    for (const [file, text] of pages) {
      for (const [, page = "", anchor = ""] of text.matchAll(/\]\(([\w-]+\.md)?(#[\w-]+)?\)/g)) {
        const target = pages.get(page || file);
        assert.ok(target !== undefined, `${file} links to ${page}`);
        const anchors = headings(target, "##").map((name) => `#${name.toLowerCase()}`);
        assert.ok(anchor === "" || anchors.includes(anchor), `${file} links to ${page}${anchor}`);
      }
    }
  });
});

const headings = (text: string, level: string): string[] =>
  [...text.matchAll(new RegExp(`^${level} (.+)$`, "gm"))].map(([, name = ""]) => name);
