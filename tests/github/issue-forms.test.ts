import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import packageJson from "../../package.json";
import { ROOT } from "../support/simulated";
import { GITHUB } from "./workflow-files";

/** https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-issue-forms */
interface Form {
  readonly name?: string;
  readonly description?: string;
  readonly body: readonly Field[];
}

interface Field {
  readonly type: string;
  readonly id?: string;
  readonly attributes: { readonly label?: string; readonly options?: readonly string[] };
}

const FOLDER = path.join(GITHUB, "ISSUE_TEMPLATE");
const forms = readdirSync(FOLDER)
  .filter((file) => file !== "config.yml")
  .map((file) => ({ file, form: parse(readFileSync(path.join(FOLDER, file), "utf8")) as Form }));

/** What people who report or propose something read. */
const texts = ["ISSUE_TEMPLATE/bug.yml", "ISSUE_TEMPLATE/feature.yml", "pull_request_template.md"]
  .concat("SECURITY.md")
  .map((file) => readFileSync(path.join(GITHUB, file), "utf8"));

describe("the issue forms", () => {
  it("have what GitHub demands: without it, a form is left out without a word", () => {
    for (const { file, form } of forms) {
      assert.ok(form.name && form.description, file);
      const fields = form.body.filter(({ type }) => type !== "markdown");
      assert.ok(fields.length > 0, file);
      for (const { type, id, attributes } of fields) {
        assert.ok(["textarea", "input", "dropdown", "checkboxes"].includes(type), file);
        assert.match(id ?? "", /^[\w-]+$/, file);
        assert.ok(attributes.label, `${file}, ${id ?? ""}`);
        assert.equal(type === "dropdown", attributes.options !== undefined);
      }
      for (const what of [fields.map(({ id }) => id), fields.map(({ attributes: a }) => a.label)])
        assert.equal(new Set(what).size, what.length, file);
    }
  });

  it("name only commands and files that are there", () => {
    const all = texts.join("\n");
    for (const [, script = ""] of all.matchAll(/`npm (?:run )?([\w:-]+)/g))
      assert.ok(script in packageJson.scripts, script);
    const files = [...all.matchAll(/(?:docs\/)?[\w-]+\.(?:md|ts)\b/g)].map(([file]) => file);
    assert.ok(files.length > 0);
    for (const file of files) assert.ok(existsSync(path.join(ROOT, file)), file);
  });
});
