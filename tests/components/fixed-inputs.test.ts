import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { FIXED_CLUSTER_INPUTS } from "../../components/cluster/fixed-cluster-inputs";
import { keepInputs, refusedChanges } from "../../components/fixed-inputs";
import type { Engine } from "../../verification/rehearsal/engine";
import { rehearsalEngine } from "../support/rehearsal-engine";
import { expectRejections } from "../support/rejections";

/** What the rest of a program is told whose engine has stopped. */
const ENGINE_STOPPED = /monitor is terminating|UNAVAILABLE|CANCELLED/;

describe("Fixed inputs of a cluster", () => {
  const MADE = {
    prefix: "eks-monitoring-prod",
    clusterName: "prod",
    region: "ap-northeast-1",
    vpcCidr: "10.0.0.0/16",
    availabilityZones: ["ap-northeast-1a", "ap-northeast-1c"],
    kubernetesVersion: "1.35",
    apiServerCidrs: ["198.51.100.0/24"],
  };
  const refused = (changes: object) =>
    refusedChanges(FIXED_CLUSTER_INPUTS, MADE, { ...MADE, ...changes });
  const fixes = (changes: object) => refused(changes).map((text) => text.split("Fix: ")[1]);

  it("are not in the way of anything else", () => {
    const zones = [...MADE.availabilityZones, "ap-northeast-1d"];
    for (const allowed of [
      {},
      { apiServerCidrs: ["198.51.100.0/25"] },
      { kubernetesVersion: "1.36" },
      { availabilityZones: zones },
    ]) {
      assert.deepEqual(refused(allowed), []);
    }
    assert.deepEqual(refusedChanges(FIXED_CLUSTER_INPUTS, {}, MADE), []);
  });

  it("are told in one sentence each, with the command that sets them back", () => {
    assert.deepEqual(refused({ clusterName: "another", region: "eu-west-1" }), [
      'clusterName must be "prod" for the life of the stack (a new stack can have another): EKS cannot rename a cluster, and another one would begin without the data of this one; got "another". Fix: pulumi config set clusterName prod',
      'aws:region must be "ap-northeast-1" for the life of the stack (a new stack can have another): nothing can move to another region; got "eu-west-1". Fix: pulumi config set aws:region ap-northeast-1',
    ]);
    assert.deepEqual(fixes({ vpcCidr: "10.1.0.0/16" }), ["pulumi config set vpcCidr 10.0.0.0/16"]);
    assert.deepEqual(fixes({ prefix: "eks-monitoring-dev" }), ["pulumi stack rename '<value>'"]);
  });

  it("let zones be added at the end only", () => {
    const set = (index: number, zone: string) =>
      `pulumi config set --path 'availabilityZones[${index}]' ap-northeast-1${zone}`;
    const [a, c, d] = ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"];
    assert.deepEqual(fixes({ availabilityZones: [a, d] }), [set(1, "c")]);
    assert.deepEqual(fixes({ availabilityZones: [a] }), [set(1, "c")]);
    assert.deepEqual(fixes({ availabilityZones: [c, a] }), [`${set(0, "a")} && ${set(1, "c")}`]);
    assert.deepEqual(fixes({ availabilityZones: [a, d, c] }), [
      `${set(1, "c")} && pulumi config rm --path 'availabilityZones[2]'`,
    ]);
  });

  it("let Kubernetes go up by one minor, and never down", () => {
    for (const kubernetesVersion of ["1.37", "1.34"]) {
      assert.deepEqual(refused({ kubernetesVersion }), [
        `kubernetesVersion must be 1.35 or 1.36: EKS goes up by one minor at a time and never down; got "${kubernetesVersion}". Fix: pulumi config set kubernetesVersion 1.35`,
      ]);
    }
  });
});

describe("A change of what is fixed, under the real engine", function () {
  let engine: Engine;
  let made = { vpcCidr: "10.0.0.0/16" };
  const program: PulumiFn = () => {
    const fixed = [{ input: "vpcCidr", key: "vpcCidr", because: "a VPC cannot change its range" }];
    class Network extends pulumi.ComponentResource {
      constructor() {
        super("test:index:Network", "network", made, keepInputs("test", "network", fixed));
        new aws.sns.Topic(
          "inside",
          { name: "inside", displayName: made.vpcCidr },
          { parent: this },
        );
      }
    }
    new Network();
    return Promise.resolve({});
  };
  before(async function () {
    engine = await rehearsalEngine(this, program);
    const up = await engine.up();
    assert.ok(up.ok, up.console);
  });
  after(() => {
    // Undefined where there is no CLI.
    (engine as Engine | undefined)?.close();
  });

  it("is refused in preview and up, and nothing is touched", async () => {
    expectRejections(ENGINE_STOPPED);
    made = { vpcCidr: "10.64.0.0/16" };
    const before = engine.account.all();
    for (const refused of [await engine.preview(), await engine.up()]) {
      assert.equal(refused.ok, false);
      assert.match(refused.console, /vpcCidr must be "10.0.0.0\/16" for the life of the stack/);
      assert.match(refused.console, /pulumi config set vpcCidr 10\.0\.0\.0\/16/);
    }
    assert.deepEqual(engine.account.all(), before);
    made = { vpcCidr: "10.0.0.0/16" };
    const again = await engine.up();
    assert.ok(again.ok, again.console);
    assert.deepEqual(again.steps, []);
  });
});
