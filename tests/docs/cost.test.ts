import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { Cloud } from "../../simulation/cloud/cloud";
import { LOOKED_UP, priceSources } from "../../simulation/cloud/price-sources";
import { type Charge, prices } from "../../simulation/cloud/prices";
import { recordStack } from "../../simulation/record-stack";
import { simulate } from "../../simulation/simulate";
import { ROOT } from "../support/simulated";

const PAGE = readFileSync(path.join(ROOT, "docs", "cost.md"), "utf8");
const REGIONS = ["us-east-1", "ap-northeast-1"];

/** The cells of every row of the page's table, by item. */
const rows = new Map(
  PAGE.split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map(([, item = "", ...cells]) => [item, cells.slice(1, 4)]),
);

/** What has a price, and prod does not ask for. */
const WITH_OPTIONS = { controlPlaneLogs: '["audit"]' };

describe("the page on cost", () => {
  let charges: readonly (readonly Charge[])[];
  before(async () => {
    const recording = await recordStack("prod", { config: WITH_OPTIONS });
    charges = REGIONS.map((region) => {
      const cloud = Cloud.of({ "aws:region": region });
      return simulate("prod", recording, cloud).charges;
    });
  });

  it("has the price of every item of prod's bill, and where it is from, and nothing else", () => {
    const [inUs = [], inTokyo = []] = charges;
    const items = new Set(inTokyo.map(({ item }) => item));
    assert.deepEqual([...rows.keys()].slice(2).sort(), [...items].sort());
    for (const item of items) {
      const [us, tokyo] = [inUs, inTokyo].map((lines) => lines.find((line) => line.item === item));
      assert.ok(us && tokyo);
      const sources = tokyo.price.sources.map((source) => priceSources[source].name).join(", ");
      const figures = [us, tokyo].map(({ price }) => String(Number(price.usd.toFixed(6))));
      assert.deepEqual(rows.get(item), [...figures, sources], item);
    }
  });

  it("has the price of a node of arm64 in both regions", () => {
    const [us, tokyo] = REGIONS.map((region) => prices(region).node.arm64.usd);
    const text = PAGE.replaceAll(/\s+/g, " ");
    assert.ok(text.includes(`${us} an hour in us-east-1, ${tokyo} in ap-northeast-1 (Karpenter,`));
  });

  it("says when they were looked up", () => {
    assert.ok(PAGE.includes(`looked up on ${LOOKED_UP}`));
  });
});
