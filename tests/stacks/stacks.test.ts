import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parseJson } from "../../config/given";
import type { Key } from "../../config/key";
import { KEYS } from "../../config/keys";
import { orderProblems } from "../../simulation/account/up-order";
import { recordStack } from "../../simulation/record-stack";
import { simulate, simulationDocument } from "../../simulation/simulate";
import { readStackFiles } from "../../simulation/stack-files";
import { PROJECT_NAME, ROOT } from "../support/simulated";

const STACKS = readdirSync(__dirname).flatMap((file) => {
  const [, name] = /^Pulumi\.(.+)\.yaml$/.exec(file) ?? [];
  return name === undefined ? [] : [{ name, configFile: path.join(__dirname, file) }];
});

/** Keys that have one value so far. */
const WITHOUT_CHOICE = ["compute"];

describe("the stacks with unusual values", () => {
  it("have every key that a stack may set, with a value that no default has", () => {
    const usual = Object.entries<Key>(KEYS).filter(
      ([name, key]) => !STACKS.some((stack) => isUnusual(name, key, stack)),
    );
    assert.deepEqual(
      usual.map(([name]) => name),
      WITHOUT_CHOICE,
    );
  });

  for (const { name, configFile } of STACKS) {
    it(`come up in order, say what they take, and leave nothing: ${name}`, async () => {
      const recording = await recordStack(name, { configFile });
      const { cloud, resources } = recording;
      assert.deepEqual(orderProblems(resources), []);
      const { up, destroy, monthlyUsd } = simulationDocument(
        simulate(name, recording, cloud),
        cloud,
      );
      assert.ok(up.seconds > 60 && destroy.seconds > 60);
      // On a cluster that is there nobody can say who pays for nodes and volumes.
      if (!cloud.account.existingCluster) assert.ok(monthlyUsd > 100);
      // What was pushed to a registry of one's own stays there.
      assert.deepEqual(
        destroy.leftovers.filter(({ kind }) => kind !== "docker-build:index:Image"),
        [],
      );
    });
  }
});

function isUnusual(name: string, key: Key, { name: stack, configFile }: (typeof STACKS)[0]) {
  const full = name.includes(":") ? name : `${PROJECT_NAME}:${name}`;
  const { [full]: text = "" } = readStackFiles(ROOT, stack, configFile).config;
  const fallback = "default" in key ? key.default : "";
  return typeof fallback === "object"
    ? !isDeepStrictEqual(parseJson(text), fallback)
    : text !== String(fallback);
}
