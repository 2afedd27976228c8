import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { FIXED_CLUSTER_INPUTS } from "../../components/cluster/fixed-cluster-inputs";
import { keepInputs } from "../../components/fixed-inputs";
import type { Engine, Outcome } from "../../verification/rehearsal/engine";
import { rehearsalEngine } from "../support/rehearsal-engine";
import { expectRejections } from "../support/rejections";

const CLUSTER = "aws:eks/cluster:Cluster";
const COMPONENT = "test:index:Cluster";
/** What the rest of a program is told whose engine has stopped. */
const ENGINE_STOPPED = /monitor is terminating|UNAVAILABLE|CANCELLED/;

// docs/runbooks/cluster.md, "EKS has upgraded by itself".
describe("A cluster that EKS has moved to the next minor, under the real engine", function () {
  let engine: Engine;
  let kubernetesVersion = "1.35";
  const program: PulumiFn = () => {
    class Cluster extends pulumi.ComponentResource {
      constructor() {
        const inputs = { kubernetesVersion };
        super(COMPONENT, "c", inputs, keepInputs(COMPONENT, "c", FIXED_CLUSTER_INPUTS));
        const vpcConfig = { subnetIds: ["subnet-1", "subnet-2"] };
        const roleArn = "arn:aws:iam::111122223333:role/cluster";
        const args = { name: "c", version: kubernetesVersion, roleArn, vpcConfig };
        new aws.eks.Cluster("c", args, { parent: this });
      }
    }
    new Cluster();
    return Promise.resolve({});
  };
  const versionInAccount = () =>
    engine.account.all().find(({ type }) => type === CLUSTER)?.inputs.version;

  before(async function () {
    engine = await rehearsalEngine(this, program);
    const up = await engine.up();
    assert.ok(up.ok, up.console);
    const cluster = engine.account.all().find(({ type }) => type === CLUSTER);
    assert.ok(cluster);
    const upgraded = { ...cluster, inputs: { ...cluster.inputs, version: "1.36" } };
    await engine.account.update(cluster.urn, upgraded, cluster.id);
  });
  after(() => {
    // Undefined where there is no CLI.
    (engine as Engine | undefined)?.close();
  });

  it("is not seen by up, and is planned back to the old minor after a refresh", async () => {
    assert.deepEqual(updated(await engine.up()), []);
    assert.equal(versionInAccount(), "1.36");
    assert.deepEqual(updated(await engine.preview({ refresh: true })), [CLUSTER]);
  });

  it("is taken on by config and up --refresh, without a call to EKS", async () => {
    kubernetesVersion = "1.36";
    assert.deepEqual(updated(await engine.up({ refresh: true })), [COMPONENT]);
    assert.deepEqual(updated(await engine.up({ refresh: true })), []);
  });

  it("goes no further back", async () => {
    expectRejections(ENGINE_STOPPED);
    kubernetesVersion = "1.35";
    const preview = await engine.preview();
    assert.equal(preview.ok, false);
    assert.match(preview.console, /kubernetesVersion must be 1\.36 or 1\.37/);
  });
});

/** Types of what was updated, or would be. */
function updated({ ok, console: printed, steps }: Outcome): string[] {
  assert.ok(ok, printed);
  const changes = steps.filter(({ op }) => op !== "refresh");
  assert.ok(
    changes.every(({ op }) => op === "update"),
    printed,
  );
  return changes.map(({ urn }) => urn.split("::")[2]?.split("$").at(-1) ?? "");
}
