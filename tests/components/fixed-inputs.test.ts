import assert from "node:assert/strict";
import packageJson from "../../package.json";
import { FIXED_CLUSTER_INPUTS } from "../../components/cluster/fixed-cluster-inputs";
import { refusedChanges } from "../../components/fixed-inputs";
import { findCli } from "../../verification/rehearsal/cli";
import { Engine, type Saved } from "../../verification/rehearsal/engine";
import { missing } from "../support/external-tool";
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
  let made: Saved;
  before(async function () {
    const cli = await findCli(packageJson.dependencies["@pulumi/pulumi"]);
    if ("missing" in cli) missing(this, cli.missing);
    engine = await Engine.open(cli, { stack: "dev" });
    const up = await engine.up();
    assert.ok(up.ok, up.console);
    made = engine.save();
  });
  after(() => {
    // Undefined where there is no CLI.
    (engine as Engine | undefined)?.close();
  });

  const changes: readonly [key: string, value: unknown, words: RegExp][] = [
    ["clusterName", "another", /pulumi config set clusterName eks-monitoring-dev/],
    ["vpcCidr", "10.64.0.0/16", /pulumi config set vpcCidr 10\.0\.0\.0\/16/],
    ["availabilityZones", ["ap-northeast-1c", "ap-northeast-1a"], /with or without more zones/],
    ["monitoringNamespace", "observability", /pulumi config set monitoringNamespace prometheus/],
    ["serviceNamespace", "apps", /pulumi config set serviceNamespace prod/],
  ];
  for (const [key, value, words] of changes) {
    it(`is refused in the preview: ${key}`, async () => {
      expectRejections(ENGINE_STOPPED);
      engine.restore(made);
      const config = { [`eks-monitoring:${key}`]: value };
      const preview = await engine.work.withConfig(config, () => engine.preview());
      assert.equal(preview.ok, false);
      assert.match(preview.console, new RegExp(`${key} must be .*; got .*`));
      assert.match(preview.console, words);
    });
  }

  it("is refused in the preview, all of it at once: region and zones", async () => {
    expectRejections(ENGINE_STOPPED);
    engine.restore(made);
    const config = {
      "aws:region": "eu-west-1",
      "eks-monitoring:availabilityZones": ["eu-west-1a", "eu-west-1b"],
    };
    const preview = await engine.work.withConfig(config, () => engine.preview());
    assert.equal(preview.ok, false);
    assert.match(preview.console, /aws:region must be "ap-northeast-1" for the life/);
    assert.match(preview.console, /availabilityZones must be \["ap-northeast-1a",/);
  });

  it("is refused in an up without a preview, and nothing is replaced or deleted", async () => {
    expectRejections(ENGINE_STOPPED);
    engine.restore(made);
    const config = { "eks-monitoring:clusterName": "another" };
    const up = await engine.work.withConfig(config, () => engine.up());
    assert.equal(up.ok, false);
    assert.match(up.console, /clusterName must be "eks-monitoring-dev"/);
    assert.deepEqual(
      up.steps.filter(({ op }) => op !== "update"),
      [],
    );
    assert.deepEqual(engine.account.all(), made.account.all());
    const again = await engine.up();
    assert.ok(again.ok, again.console);
    assert.deepEqual(again.steps, []);
  });
});
