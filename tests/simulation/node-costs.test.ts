import assert from "node:assert/strict";
import { total } from "../../simulation/bill";
import { prices } from "../../simulation/cloud/prices";
import { nodeCosts } from "../../simulation/node-costs";
import { recordStack, type RecordStackOptions } from "../../simulation/record-stack";
import { report } from "../../simulation/report";
import { simulate } from "../../simulation/simulate";

const REGION = "ap-northeast-1";
const HOURS = 730;
const GIB_A_NODE = 80;

async function simulated(config: RecordStackOptions["config"] = {}) {
  const recording = await recordStack("prod", { config });
  const simulation = simulate("prod", recording, recording.cloud);
  const costs = nodeCosts(simulation, REGION);
  assert.ok(costs);
  const text = report(simulation, recording.cloud, false);
  return { costs, text, usd: total(simulation.charges) };
}

/** Of a node with the fee of Auto Mode and its disk. */
const nodeUsd = (architecture: "amd64" | "arm64"): number =>
  prices(REGION).node[architecture].usd * 1.12 * HOURS + prices(REGION).volumeGB.usd * GIB_A_NODE;

// Each line of a bill is whole cents.
const near = (got: number, wanted: number): void => {
  assert.ok(Math.abs(got - wanted) < 0.01 * 32, `${got} is not near ${wanted}`);
};

describe("what nodes can cost", () => {
  it("is at most the bill with all nodes of the limit", async () => {
    const { costs, usd, text } = await simulated();
    assert.equal(costs.mostNodes, 32);
    // Prod has three.
    near(costs.mostUsd, usd + 29 * nodeUsd("amd64"));
    assert.ok(
      text.includes(
        `With all 64 vCPUs of nodeVcpuLimit in use, as 32 m6i.large: ${costs.mostUsd.toFixed(2)};`,
      ),
    );
    const lower = await simulated({ nodeVcpuLimit: "12" });
    near(lower.costs.mostUsd, usd + 3 * nodeUsd("amd64"));
  });

  it("is less on arm64 by the difference of the bills", async () => {
    const amd64 = await simulated();
    const arm64 = await simulated({ nodeArchitecture: "arm64" });
    near(amd64.costs.arm64Saves, amd64.usd - arm64.usd);
    near(arm64.costs.arm64Saves, amd64.usd - arm64.usd);
    assert.ok(arm64.costs.arm64Saves > 0);
    const saved = amd64.costs.arm64Saves.toFixed(2);
    assert.ok(amd64.text.includes(`nodeArchitecture arm64 would save ${saved} of it (m6g.large).`));
    assert.ok(arm64.text.includes(`nodeArchitecture arm64 saves ${saved} of it against amd64`));
    assert.match(arm64.text, /Nodes \(m6g\.large\)/);
  });
});
