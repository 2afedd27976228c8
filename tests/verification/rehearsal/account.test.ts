import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { SimulatedAccount } from "../../../verification/rehearsal/account";
import { label } from "../../../verification/rehearsal/account-resource";
import type { Call } from "../../../simulation/cloud/behaviour";
import { cloud } from "../../support/simulated";

const vpc: Call = { type: "aws:ec2/vpc:Vpc", name: "v", inputs: { cidrBlock: "10.0.0.0/16" } };
const cluster: Call = { type: "aws:eks/cluster:Cluster", name: "c", inputs: { name: "c" } };
const wait: Call = {
  type: "time:index/sleep:Sleep",
  name: "w",
  inputs: { destroyDuration: "120s" },
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

  it("tells the cluster when it is made, when a wait is over and when it is gone", async () => {
    const told: string[] = [];
    const tell = (what: string) => () => {
      told.push(what);
      return Promise.resolve();
    };
    const events = { created: tell("created"), deleted: tell("deleted"), waited: tell("waited") };
    account = new SimulatedAccount(cloud, events);
    await create(cluster, wait);
    await remove(wait, account.all().find(({ type }) => type === wait.type)?.id ?? "");
    await remove(cluster, "c");
    assert.deepEqual(told, ["created", "waited", "deleted"]);
  });

  it("keeps a network as long as a controller's object is in it, and lists it", async () => {
    await create(vpc);
    const [{ id } = { id: "" }] = account.all();
    const subnet = { vpcId: id, cidrBlock: "10.0.0.0/24" };
    const call = { type: "aws:ec2/subnet:Subnet", name: "s", inputs: subnet };
    await create(call);
    const subnetId = account.all().find(({ type }) => type === call.type)?.id ?? "";
    account.put({ kind: "NetworkInterface", name: "eni", inVpc: true, reason: "for Ingress i" });
    await assert.rejects(remove(call, subnetId), /NetworkInterface eni is in/);
    assert.ok(account.inventory().includes("NetworkInterface eni: for Ingress i"));
    account.remove("NetworkInterface", "eni");
    await remove(call, subnetId);
  });

  it("keeps a certificate as long as a load balancer has it, and waits a moment for that to end", async () => {
    const certificate: Call = {
      type: "aws:acm/certificate:Certificate",
      name: "c",
      inputs: { domainName: "grafana.example.com", validationMethod: "DNS" },
    };
    await create(certificate);
    const [{ id } = { id: "" }] = account.all();
    const loadBalancer = { kind: "LoadBalancer", name: "lb", inVpc: true, reason: "" } as const;
    account.put({ ...loadBalancer, uses: id });
    await assert.rejects(remove(certificate, id), /ResourceInUseException: LoadBalancer lb uses/);
    const deleted = remove(certificate, id);
    await delay(150);
    // Its listener has another certificate now.
    account.put(loadBalancer);
    await deleted;
    assert.deepEqual(account.inventory(), ["LoadBalancer lb: "]);
  });

  it("has a log group again that was deleted before the last logs of its cluster", async () => {
    const waits: Call = { type: "time:index/sleep:Sleep", name: "w", inputs: {} };
    const roles = ["arn:r", "arn:n"];
    const cluster: Call = {
      type: "aws:eks/cluster:Cluster",
      name: "c",
      inputs: { name: "shop", roleArn: roles[0], enabledClusterLogTypes: ["audit"] },
    };
    const group: Call = {
      type: "aws:cloudwatch/logGroup:LogGroup",
      name: "g",
      inputs: { name: "/aws/eks/shop/cluster" },
    };
    for (const isAwaited of [true, false]) {
      for (const call of [group, waits, cluster]) await create(call);
      await remove(cluster, "shop");
      if (isAwaited) {
        const wait = account.all().find(({ type }) => type === waits.type);
        await remove(waits, wait?.id ?? "");
      }
      await remove(group, "/aws/eks/shop/cluster");
      const left = account.inventory().filter((each) => each.startsWith("LogGroup "));
      const again =
        "LogGroup /aws/eks/shop/cluster: EKS made it anew for logs that came after its end";
      assert.deepEqual(left, isAwaited ? [] : [again]);
    }
  });

  it("gives a random value anew each time that it is made", async () => {
    const password: Call = {
      type: "random:index/randomPassword:RandomPassword",
      name: "p",
      inputs: { length: 40 },
    };
    const values = [];
    for (let count = 0; count < 2; count++) {
      const { outputs } = await account.create(urnOf(password), password);
      values.push(JSON.stringify(outputs));
    }
    assert.notEqual(values[0], values[1]);
  });

  it("goes on when its caller is killed, until every call is through", async () => {
    const begun = account.create(urnOf(vpc), vpc);
    await account.settle();
    assert.equal(account.all().length, 1);
    await begun;
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
});
