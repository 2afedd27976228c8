import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { GENERATED, generated } from "../../config/generate";
import { KEYS } from "../../config/keys";
import { KINDS } from "../../config/receiver-kinds";
import { ROOT } from "../support/simulated";
import { problemsOf } from "../support/stack-config";
import { handed } from "./bad-configuration";

const textOf = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");
const PAGE = "docs/configuration.md";

describe("what is generated from the rows of the keys", () => {
  for (const file of Object.keys(GENERATED)) {
    it(`is in ${file} as the rows have it`, async () => {
      const text = textOf(file);
      const made = await generated(file, text);
      assert.ok(made === text, `${file} differs from config/keys.ts. Fix: npm run fix`);
    });

    it(`comes back into ${file} when somebody changes it there, and nothing else does`, async () => {
      const text = textOf(file);
      const spoiled = text.replace(/Keep the data/, "anything");
      const longer = text.replace(/^(name|# [\w-]+)/m, "$1x");
      if (spoiled !== text) assert.equal(await generated(file, spoiled), text);
      assert.equal(await generated(file, longer), longer);
      assert.ok(spoiled !== text && longer !== text);
    });
  }

  it("is every key with a default in the catalogue, and every key in the table", () => {
    const { config } = parse(textOf("Pulumi.yaml")) as { config: Record<string, unknown> };
    const names = Object.keys(KEYS);
    assert.deepEqual(
      Object.keys(config),
      names.filter((name) => name !== "aws:region" && !name.endsWith("Secrets")),
    );
    const [table = ""] = textOf(PAGE).split("<!-- end of the generated part -->");
    const listed = [...table.matchAll(/^\| `([\w:]+)`/gm)];
    assert.deepEqual(
      listed.map(([, name]) => name),
      names,
    );
  });
});

describe("the page about configuration", () => {
  it("shows a message as it is", async () => {
    const { config } = handed({ retentionDays: 7 });
    const [message = ""] = await problemsOf("prod", { config, secretKeys: [] });
    assert.ok(textOf(PAGE).includes(message), message);
  });

  it("has a row for every kind of receiver", () => {
    const page = textOf(PAGE);
    for (const kind of Object.keys(KINDS))
      assert.match(page, new RegExp(`^\\| \`${kind}\` +\\|`, "m"));
  });
});
