import assert from "node:assert/strict";
import { diffInputs } from "../../../verification/rehearsal/diff";
import { randomMoments } from "../../../verification/rehearsal/kills";
import { UNKNOWN } from "../../../verification/rehearsal/unknown-values";
import { secret } from "../../../simulation/resource";

describe("A rehearsed provider's diff", () => {
  it("is empty for equal inputs, secret or not, in whatever order", () => {
    const old = { name: "c", tags: { a: "1", b: "2" }, password: secret("x") };
    const wanted = { password: "x", tags: { b: "2", a: "1" }, name: "c" };
    assert.deepEqual(diffInputs("aws:eks/cluster:Cluster", old, wanted), {
      changes: [],
      replaces: [],
      deleteBeforeReplace: false,
    });
  });

  it("replaces what no update can change", () => {
    const cases: readonly [string, object, object, string][] = [
      ["aws:eks/cluster:Cluster", { name: "a" }, { name: "b" }, "name"],
      ["aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16" }, { cidrBlock: "10.1.0.0/16" }, "cidrBlock"],
      ["aws:ec2/subnet:Subnet", { availabilityZone: "a" }, {}, "availabilityZone"],
      ["aws:dynamodb/table:Table", { hashKey: "a" }, { hashKey: "b" }, "hashKey"],
      ["aws:sns/topic:Topic", { name: "a" }, { name: "b" }, "name"],
    ];
    for (const [type, old, wanted, property] of cases) {
      const { replaces } = diffInputs(type, { ...old }, { ...wanted });
      assert.deepEqual(replaces, [property], type);
    }
  });

  it("updates everything else", () => {
    const labels = (value: string) => ({ name: "a", tags: { value } });
    assert.deepEqual(diffInputs("aws:sns/topic:Topic", labels("a"), labels("b")), {
      changes: ["tags"],
      replaces: [],
      deleteBeforeReplace: false,
    });
  });

  it("has the old one deleted first only where both could not exist side by side", () => {
    const deletesFirst = (type: string, old: object, wanted: object) =>
      diffInputs(type, { ...old }, { ...wanted }).deleteBeforeReplace;
    const table = { name: "t", hashKey: "a" };
    assert.ok(deletesFirst("aws:dynamodb/table:Table", table, { ...table, hashKey: "b" }));
    assert.ok(!deletesFirst("aws:dynamodb/table:Table", table, { ...table, name: "u" }));
    assert.ok(!deletesFirst("aws:ec2/subnet:Subnet", { cidrBlock: "a" }, { cidrBlock: "b" }));
  });

  it("takes what is unknown for changed", () => {
    const { replaces } = diffInputs(
      "aws:ec2/subnet:Subnet",
      { vpcId: "vpc-1" },
      { vpcId: UNKNOWN },
    );
    assert.deepEqual(replaces, ["vpcId"]);
  });
});

describe("A rehearsal's chances", () => {
  it("are the same for the same seed, and within bounds", () => {
    const moments = randomMoments(7, 130, 1000);
    assert.deepEqual(randomMoments(7, 130, 1000), moments);
    assert.notDeepEqual(randomMoments(8, 130, 1000), moments);
    assert.equal(Math.min(...moments), 1);
    assert.equal(Math.max(...moments), 130);
  });
});
