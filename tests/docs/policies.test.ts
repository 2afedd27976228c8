import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { markdownTable } from "markdown-table";
import * as prettier from "prettier";
import { RULES } from "../../policy/rules";
import { ROOT } from "../support/simulated";

const PAGE = readFileSync(path.join(ROOT, "docs", "policies.md"), "utf8");

describe("the page about policies", () => {
  it("has the rules in its table as the pack has them", async () => {
    const rows = RULES.map(({ name, level, description, settings = {} }) => {
      const cells = Object.entries(settings).map(
        ([key, { description: meaning, default: texts }]) =>
          `\`${key}\`, by default \`${JSON.stringify(texts)}\`: ${meaning}`,
      );
      return [`\`${name}\``, level, description, cells.join(" ")];
    });
    const header = ["Rule", "Level", "What it holds", "Settings"];
    const table = await prettier.format(markdownTable([header, ...rows]), { parser: "markdown" });
    assert.ok(PAGE.includes(table), `docs/policies.md must have this table:\n${table}`);
  });

  it("sets in its example only what is there", () => {
    const [, example = ""] = /```json\n(.+?)```/s.exec(PAGE) ?? [];
    const levels = ["mandatory", "advisory", "disabled"];
    for (const [name, given] of Object.entries(JSON.parse(example) as Record<string, unknown>)) {
      const rule = RULES.find((each) => each.name === name);
      assert.ok(rule, name);
      if (typeof given === "string") assert.ok(levels.includes(given), given);
      else assert.deepEqual(Object.keys(given ?? {}), Object.keys(rule.settings ?? {}));
    }
  });
});
