import assert from "node:assert/strict";
import { stepsOf } from "../../../verification/rehearsal/operations/operation";
import { whySkipped } from "../../../verification/rehearsal/operations/run";
import {
  claimsChange,
  lostClaims,
  restarted,
  type Snapshot,
} from "../../../verification/rehearsal/operations/snapshot";

const snapshot = (
  claims: Readonly<Record<string, [uid: string, capacity: string]>>,
  pods: Readonly<Record<string, readonly string[]>> = {},
): Snapshot => ({
  claims: new Map(
    Object.entries(claims).map(([name, [uid, capacity]]) => [name, { uid, capacity }]),
  ),
  pods: new Map(Object.entries(pods).map(([name, uids]) => [name, new Set(uids)])),
});

describe("What an operation did", () => {
  it("is told by type, a replacement as one step", () => {
    const urn = (type: string) => `urn:pulumi:prod::p::a:b:C$kubernetes:${type}::name`;
    const ops = ["delete-replaced", "replace", "create-replacement"];
    const steps = [
      ...ops.map((op) => ({ op, urn: urn("networking.k8s.io/v1:Ingress") })),
      ...["a", "b"].map(() => ({ op: "update", urn: urn("core/v1:ConfigMap") })),
    ];
    assert.deepEqual(stepsOf({ steps }), ["2 update ConfigMap", "replace Ingress"]);
  });

  it("to claims is told by their UIDs: one made anew under its old name is gone", () => {
    const before = snapshot({ a: ["1", "50Gi"], b: ["2", "50Gi"], c: ["3", "2Gi"] });
    assert.equal(claimsChange(before, before), "kept");
    const after = snapshot({ a: ["1", "60Gi"], b: ["9", "50Gi"], d: ["4", "2Gi"] });
    assert.equal(claimsChange(before, after), "2 gone, 1 new, 1 grown");
    assert.deepEqual(lostClaims(before, after), ["b", "c"]);
  });

  it("to pods is a restart where one was replaced, and none where replicas came or went", () => {
    const before = snapshot(
      {},
      { same: ["1"], fewer: ["2", "3"], more: ["4"], rolled: ["5", "6"] },
    );
    const after = snapshot({}, { same: ["1"], fewer: ["2"], more: ["4", "7"], rolled: ["5", "8"] });
    assert.deepEqual(restarted(before, after), ["rolled"]);
  });
});

describe("A group of operations", () => {
  const group = { name: "g", operations: [] };
  const run = { all: false, valuesHaveEffect: false, charts: 1, kedaChart: undefined };

  it("is skipped with its reason", () => {
    assert.match(whySkipped(group, run) ?? "", /--all/);
    assert.match(
      whySkipped({ ...group, needsValues: true }, { ...run, all: true }) ?? "",
      /--chart/,
    );
    assert.match(
      whySkipped({ ...group, needsOlderCharts: true }, { ...run, all: true }) ?? "",
      /--older-chart/,
    );
    const ofKeda = { ...group, short: true, needsKeda: true } as const;
    assert.match(whySkipped(ofKeda, run) ?? "", /KEDA/);
    assert.equal(whySkipped(ofKeda, { ...run, kedaChart: "keda" }), undefined);
    assert.equal(whySkipped({ ...group, short: true }, run), undefined);
  });
});
