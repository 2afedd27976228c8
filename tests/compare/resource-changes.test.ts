import assert from "node:assert/strict";
import { resourceChanges } from "../../compare/resource-changes";
import type { RecordedResource } from "../../compare/side";

const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const TABLE = "aws:dynamodb/table:Table";
const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";

const resource = (
  type: string,
  name: string,
  inputs: RecordedResource["inputs"],
  more: Partial<RecordedResource> = {},
): RecordedResource => ({
  urn: `urn:pulumi:prod::project::${type}::${name}`,
  type,
  name,
  id: `id-of-${name}`,
  custom: true,
  parent: null,
  provider: null,
  dependencies: [],
  inputs,
  protect: false,
  retainOnDelete: false,
  deletedWith: null,
  ignoreChanges: [],
  replacementTrigger: null,
  startSeconds: 0,
  endSeconds: 0,
  monthlyUsd: 0,
  ...more,
});

const told = (before: readonly RecordedResource[], after: readonly RecordedResource[]) =>
  resourceChanges(before, after).map(({ change, resource: name }) => `${change} ${name}`);

describe("What a change does to resources", () => {
  it("is nothing where only components and what is ignored differ", () => {
    const ignored = { ignoreChanges: ["vpcConfig.subnetIds"] };
    const inputs = (subnet: string) => ({ vpcConfig: { subnetIds: [subnet], other: 1 } });
    const type = "aws:eks/cluster:Cluster";
    const before = [
      resource(type, "c", inputs("a")),
      resource("x:y:Z", "k", {}, { custom: false }),
    ];
    assert.deepEqual(told(before, [resource(type, "c", inputs("b"), ignored)]), []);
    assert.deepEqual(told(before, [resource(type, "c", inputs("b"))]), ["changed Cluster c"]);
  });

  it("tells the dangerous first: replaced, removed, changed, added", () => {
    const before = [
      resource(CONFIG_MAP, "a", { data: { x: "1" } }),
      resource(CONFIG_MAP, "gone", {}),
      resource(VPC, "v", { cidrBlock: "10.0.0.0/16" }),
    ];
    const after = [
      resource(CONFIG_MAP, "a", { data: { x: "2" } }),
      resource(CONFIG_MAP, "new", {}),
      resource(VPC, "v", { cidrBlock: "10.1.0.0/16" }),
    ];
    assert.deepEqual(told(before, after), [
      "replaced Vpc v",
      "removed ConfigMap gone",
      "changed ConfigMap a",
      "added ConfigMap new",
    ]);
  });

  it("replaces what names a replaced resource in an input that no update can change", () => {
    const urn = `urn:pulumi:prod::project::${VPC}::v`;
    const stack = (cidrBlock: string, dependencies: readonly string[]) => [
      resource(VPC, "v", { cidrBlock }),
      resource(SUBNET, "s", { vpcId: "id-of-v" }, { dependencies }),
      resource(SUBNET, "other", { vpcId: "vpc-of-somebody" }, { dependencies }),
    ];
    const changes = resourceChanges(stack("10.0.0.0/16", [urn]), stack("10.1.0.0/16", [urn]));
    assert.deepEqual(
      changes.map(({ resource: name, because }) => [name, because]),
      [
        ["Subnet s", "Vpc v is replaced"],
        ["Vpc v", "cidrBlock"],
      ],
    );
    // A value that happens to be the same text is no reference.
    assert.deepEqual(told(stack("10.0.0.0/16", []), stack("10.1.0.0/16", [])), ["replaced Vpc v"]);
  });

  it("replaces what has another trigger, and asks none of a document without", () => {
    const old = resource(CONFIG_MAP, "a", {}, { replacementTrigger: "internal" });
    const wanted = resource(CONFIG_MAP, "a", {}, { replacementTrigger: "internet-facing" });
    assert.deepEqual(told([old], [wanted]), ["replaced ConfigMap a"]);
    const older = Object.entries(old).filter(([field]) => field !== "replacementTrigger");
    const parsed = Object.fromEntries(older) as unknown as RecordedResource;
    assert.deepEqual(told([parsed], [wanted]), []);
  });

  it("takes a resource under another parent for replaced, and says where it was", () => {
    const urn = `urn:pulumi:prod::project::a:b:C$${TABLE}::t`;
    const [change] = resourceChanges(
      [resource(TABLE, "t", { name: "t" })],
      [resource(TABLE, "t", { name: "t" }, { urn })],
    );
    assert.equal(change?.change, "replaced");
    assert.equal(change.movedFrom, `urn:pulumi:prod::project::${TABLE}::t`);
    assert.match(change.because ?? "", /under another parent/);
    assert.equal(change.loses, "every row of the table");
  });

  it("says what is lost with one that goes, unless it is retained, and what keeps it", () => {
    const gone = (more: Partial<RecordedResource>, inputs = {}) => {
      const [change] = resourceChanges([resource(TABLE, "t", inputs, more)], []);
      return [change?.loses, change?.keptBy];
    };
    const rows = "every row of the table";
    assert.deepEqual(gone({}), [rows, undefined]);
    assert.deepEqual(gone({ retainOnDelete: true }), [undefined, undefined]);
    assert.deepEqual(gone({ protect: true }), [rows, "it is protected by Pulumi"]);
    assert.deepEqual(gone({}, { deletionProtectionEnabled: true }), [
      rows,
      "its API refuses by deletionProtectionEnabled",
    ]);
    assert.deepEqual(resourceChanges([resource(CONFIG_MAP, "c", {})], [])[0]?.loses, undefined);
  });

  it("says whether the old one goes first", () => {
    const table = (inputs: object) => [resource(TABLE, "t", { ...inputs })];
    const [same] = resourceChanges(
      table({ name: "t", hashKey: "a" }),
      table({ name: "t", hashKey: "b" }),
    );
    const [renamed] = resourceChanges(table({ name: "t" }), table({ name: "u" }));
    assert.equal(same?.deleteBeforeReplace, true);
    assert.equal(renamed?.deleteBeforeReplace, false);
  });

  it("takes a type that this simulated cloud does not know for changed in place", () => {
    const unknown = (name: string) => [resource("aws:s3/bucket:Bucket", "b", { name })];
    assert.deepEqual(told(unknown("a"), unknown("b")), ["changed Bucket b"]);
  });
});
