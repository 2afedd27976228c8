import assert from "node:assert/strict";
import { mock } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { NOTICE_DAYS, supportWarning } from "../../components/cluster/kubernetes-support";
import { recordStack } from "../../simulation/record-stack";
import { versions } from "../../versions";

describe("Kubernetes' support by EKS", () => {
  const [{ minor: first, standardSupportEnds }, { minor: second }] = versions.kubernetes;
  const before = (days: number) =>
    new Date(Date.parse(`${standardSupportEnds}T00:00:00Z`) - days * 24 * 60 * 60 * 1000);

  it("is warned of from 60 days before its end, with the date and the command", () => {
    assert.equal(supportWarning(first, before(NOTICE_DAYS + 1)), undefined);
    for (const days of [NOTICE_DAYS, 0, -10]) {
      const warning = supportWarning(first, before(days)) ?? "";
      assert.ok(warning.includes(`got ${first}, supported until ${standardSupportEnds}`), warning);
      assert.ok(warning.includes(`pulumi config set kubernetesVersion ${second} && pulumi up`));
    }
  });

  it("is a warning of up, and no error", async () => {
    const warn = mock.method(pulumi.log, "warn", () => Promise.resolve());
    const table: { standardSupportEnds: string } = versions.kubernetes[0];
    try {
      table.standardSupportEnds = "2999-01-01";
      await recordStack("dev");
      assert.equal(warn.mock.callCount(), 0);
      table.standardSupportEnds = "1999-01-01";
      await recordStack("dev");
      assert.equal(warn.mock.callCount(), 1);
      assert.match(String(warn.mock.calls[0]?.arguments[0]), /^kubernetesVersion must be/);
    } finally {
      table.standardSupportEnds = standardSupportEnds;
      warn.mock.restore();
    }
  });

  it("is not guessed for a minor that is not in the table", () => {
    assert.equal(supportWarning("1.99", before(0)), undefined);
  });

  it("is warned of for the newest minor too, where only this project can help", () => {
    const newest = versions.kubernetes.at(-1);
    assert.ok(newest);
    const end = new Date(newest.standardSupportEnds);
    assert.match(supportWarning(newest.minor, end) ?? "", /a newer minor in versions\.ts/);
  });

  it("is known for the default of stacks that set no minor", () => {
    assert.ok(versions.kubernetes.some(({ minor }) => minor === versions.defaultKubernetes));
  });

  it("is known for one minor after another, so that each can be upgraded to the next", () => {
    const numbers = versions.kubernetes.map(({ minor }) => Number(minor.split(".")[1]));
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => (numbers[0] ?? 0) + index),
    );
  });
});
