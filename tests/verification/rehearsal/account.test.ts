import assert from "node:assert/strict";
import { SimulatedAccount } from "../../../verification/rehearsal/account";
import { NotReadyError } from "../../../verification/rehearsal/cloud-errors";
import { label } from "../../../verification/rehearsal/account-resource";
import type { Call } from "../../../simulation/cloud/behaviour";
import { cloud } from "../../support/simulated";

const vpc: Call = { type: "aws:ec2/vpc:Vpc", name: "v", inputs: { cidrBlock: "10.0.0.0/16" } };
const cluster: Call = { type: "aws:eks/cluster:Cluster", name: "c", inputs: { name: "c" } };
const namespace: Call = {
  type: "kubernetes:core/v1:Namespace",
  name: "n",
  inputs: { metadata: { name: "n" } },
};
const ingress: Call = {
  type: "kubernetes:networking.k8s.io/v1:Ingress",
  name: "i",
  inputs: { metadata: { name: "i", namespace: "n" }, spec: { ingressClassName: "alb" } },
};
const ingressClass: Call = {
  type: "kubernetes:networking.k8s.io/v1:IngressClass",
  name: "alb",
  inputs: { metadata: { name: "alb" }, spec: {} },
};
const release: Call = {
  type: "kubernetes:helm.sh/v3:Release",
  name: "r",
  inputs: { name: "r", namespace: "n", version: "1.0.0" },
};

const urnOf = ({ type, name }: Call) => `urn:pulumi:test::project::${type}::${name}`;

describe("The simulated account", () => {
  let account: SimulatedAccount;
  const create = (...calls: Call[]) =>
    calls.reduce<Promise<unknown>>(
      (before, call) => before.then(() => account.create(urnOf(call), call)),
      Promise.resolve(),
    );
  const remove = (call: Call, id: string) => account.delete(urnOf(call), call, id);
  beforeEach(() => {
    account = new SimulatedAccount(cloud);
  });

  it("lets calls that overlap take as long as the longest", async () => {
    await Promise.all([create(vpc), create(cluster)]);
    assert.equal(account.timeline.now, 540);
  });

  it("gives a second VPC another id, and refuses a second cluster of a name", async () => {
    await create(vpc, vpc, cluster);
    const ids = account.all().flatMap(({ type, id }) => (type === vpc.type ? [id] : []));
    assert.equal(new Set(ids).size, 2);
    await assert.rejects(create(cluster), /already exists/);
  });

  it("keeps a VPC that has something in it", async () => {
    await create(vpc);
    const [{ id } = { id: "" }] = account.all();
    const inputs = { vpcId: id, cidrBlock: "10.0.0.0/24" };
    await create({ type: "aws:ec2/subnet:Subnet", name: "s", inputs });
    await assert.rejects(remove(vpc, id), /DependencyViolation/);
  });

  it("reaches no cluster that is not there, or going", async () => {
    await assert.rejects(create(namespace), /needs a cluster that answers/);
    await create(cluster, namespace);
    const going = remove(cluster, "c");
    await assert.rejects(remove(namespace, "n"), /needs a cluster that answers/);
    await going;
  });

  it("gives an Ingress without a class no address, and what it has made all the same", async () => {
    await create(cluster, namespace);
    await assert.rejects(create(ingress), (error) => {
      assert.ok(error instanceof NotReadyError);
      assert.equal(error.resource.id, "n/i");
      return true;
    });
    assert.ok(account.read(ingress.type, "n/i"));
  });

  it("keeps a namespace as long as an Ingress in it has lost its class", async () => {
    await create(cluster, namespace, ingressClass, ingress);
    await remove(ingressClass, "alb");
    await assert.rejects(
      remove(namespace, "n"),
      /n is not empty: timed out: Ingress i needs its class alb/,
    );
    await assert.rejects(
      remove(ingress, "n/i"),
      /timed out: Ingress i needs its class alb until it is gone/,
    );
  });

  it("takes what is in a namespace along with it", async () => {
    await create(cluster, namespace, ingressClass, ingress, release);
    await remove(namespace, "n");
    assert.equal(account.read(ingress.type, "n/i"), undefined);
    await assert.rejects(remove(release, "n/r"), /release: not found/);
  });

  it("goes on when its caller is killed, and leaves Helm's release locked", async () => {
    await create(cluster, namespace);
    const begun = [release, ingressClass].map((call) => account.create(urnOf(call), call));
    account.callerKilled();
    account.settle();
    await Promise.all(begun);
    const made = account.read(release.type, "n/r");
    assert.ok(made && account.read(ingressClass.type, "alb"));
    await assert.rejects(account.update(urnOf(release), release, "n/r"), /in progress/);
    assert.equal(account.repairRelease(made), "helm uninstall");
    assert.equal(account.read(release.type, "n/r"), undefined);
  });

  it("names what it holds by its tags, the provider's among them", async () => {
    const tagged = { ...vpc, inputs: { ...vpc.inputs, tags: { Name: "v" } } };
    await create(vpc, tagged);
    const labels = account
      .all()
      .map((resource) => [label(resource, {}), label(resource, { stack: "prod" })]);
    assert.deepEqual(labels, [
      [undefined, "stack=prod"],
      ["Name=v", "stack=prod Name=v"],
    ]);
  });

  it("has copies that go their own way", async () => {
    await create(vpc);
    const copy = account.clone();
    const [{ id } = { id: "" }] = account.all();
    await remove(vpc, id);
    assert.equal(account.all().length, 0);
    assert.equal(copy.all().length, 1);
  });
});
