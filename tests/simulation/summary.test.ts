import assert from "node:assert/strict";
import type { Leftover } from "../../simulation/account/leftovers";
import { recordStack } from "../../simulation/record-stack";
import { simulate, type Simulation } from "../../simulation/simulate";
import { summary, summaryLines } from "../../simulation/summary";
import { cloud, elsewhere } from "../support/simulated";

describe("The summary that npm start begins with", () => {
  let prod: Simulation;
  before(async () => {
    prod = simulate("prod", await recordStack("prod"), cloud);
  });

  it("has five lines: what, how long, what it costs, what is left, what to do next", () => {
    const lines = summaryLines(summary(prod, cloud.account)).map(
      (line) => line.trim().split(/ {2,}|:/)[0],
    );
    assert.deepEqual(lines, [
      "This is a simulation",
      "how long",
      "what it costs",
      "what is left",
      "what to do next",
    ]);
  });

  it("says that a protected stack has to be unprotected before it goes", () => {
    assert.match(
      summaryLines(summary(prod, cloud.account))[3] ?? "",
      /refused until deletionProtection is false/,
    );
  });

  it("names what a destroy leaves, and then does not say to go ahead", () => {
    const left: Leftover = { kind: "Volume", name: "data", because: "", reason: "", monthlyUsd: 5 };
    const [, , , what = "", next = ""] = summaryLines(
      summary({ ...prod, leftovers: [left] }, cloud.account),
    );
    assert.match(what, /1 after pulumi destroy .*: Volume data$/);
    assert.match(next, /^ {2}what to do next +read why/);
  });

  it("knows no cost of a cluster that is there", async () => {
    const { account } = elsewhere;
    const local = simulate("local", await recordStack("local"), elsewhere);
    const [first = "", , cost = ""] = summaryLines(summary(local, account));
    assert.match(first, /on your cluster\.$/);
    assert.match(cost, /not known/);
  });
});
