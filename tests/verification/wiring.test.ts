import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { isRefused, wiringProblems } from "../../verification/wiring/check";
import { argumentsOf, PROGRAM_FILES } from "../../verification/wiring/source-wires";
import { argumentWires, type ConfigWire, configWires } from "../../verification/wiring/wires";
import { expectRejections } from "../support/rejections";
import { ROOT } from "../support/simulated";

describe("the wiring of the program", () => {
  it("shows every configured value and every argument where it belongs", async () => {
    assert.deepEqual(await wiringProblems(), []);
  });

  const wires: readonly [string, ConfigWire][] = Object.entries(configWires);
  for (const [key, wire] of wires.filter(([, row]) => "refused" in row)) {
    it(`refuses ${key}=${wire.value} where it must not be`, async () => {
      expectRejections(/configuration of stack/);
      assert.ok(await isRefused(key, wire));
    });
  }

  it("has a row for every key of the catalogue", () => {
    const catalogue = parse(readFileSync(path.join(ROOT, "Pulumi.yaml"), "utf8")) as {
      config: object;
    };
    const undeclared = ["aws:region", "receiverSecrets", "grafanaSecrets", "remoteWriteSecrets"];
    const keys = [...Object.keys(catalogue.config), ...undeclared];
    assert.deepEqual(Object.keys(configWires).sort(), keys.sort());
  });

  it("has a row for every argument of the program", () => {
    const inSource = PROGRAM_FILES.flatMap(argumentsOf)
      .filter(({ hasParts }) => !hasParts)
      .map(({ id }) => id);
    assert.deepEqual(Object.keys(argumentWires).sort(), inSource.sort());
  });
});
