import assert from "node:assert/strict";
import type { Effect } from "../../../verification/rehearsal/operations/operation";
import { closingLines, printed, type Report } from "../../../verification/rehearsal/report";

const expected: Effect = { steps: ["update Release"], claims: "kept", restarted: [] };
const seen = { ...expected, preview: "" };
const good = { name: "good", expected, seen, differences: [], lostUnannounced: [] };
const fault = { fault: "delete: refused", urn: "pods a", recoveredBy: "destroy", leftOver: [] };

const report: Report = {
  date: "2026-01-01",
  versions: "pulumi 3",
  seed: 1,
  checks: [{ name: "a check", figure: "4 steps", ok: true, seconds: 1.25 }],
  operations: [
    good,
    { name: "skipped", expected, skipped: "no chart", differences: [], lostUnannounced: [] },
    { ...good, name: "differs", differences: ["claims must be kept; got 1 gone"] },
    { ...good, name: "loses", lostUnannounced: ["claim-0"] },
  ],
  faults: [fault, fault, { ...fault, recoveredBy: undefined, leftOver: ["a VPC"] }],
};

describe("A rehearsal's report", () => {
  it("ends in a line of operations and a line of faults", () => {
    const lines = [
      "4 operations, 1 as expected, 1 skipped, 1 with data lost unannounced",
      "3 faults, 2 recovered, 1 left over",
    ];
    assert.deepEqual(closingLines(report), lines);
    assert.ok(printed(report).endsWith(lines.join("\n")));
  });

  it("shows what an operation was expected to do, and what it did instead", () => {
    const text = printed(report);
    assert.match(text, /\| good +\| update Release +\| kept +\| none +\| +\| as expected +\|/);
    assert.match(text, /\| differs .*claims must be kept; got 1 gone/);
    assert.match(text, /\| loses .*lost unannounced: claim-0/);
    assert.match(text, /\| skipped .*skipped: no chart/);
  });
});
