import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as aws from "@pulumi/aws";
import * as eks from "@pulumi/eks";
import { nodesFor } from "../../simulation/cloud/nodes";
import type { Pods } from "../../simulation/cloud/pods";
import { priceRegion, prices } from "../../simulation/cloud/prices";
import { redact, reveal, secret } from "../../simulation/resource";
import { readStackFiles } from "../../simulation/stack-files";
import { cloud, PROJECT_NAME, recordProgram, ROOT } from "../support/simulated";

const pods = (changes: Partial<Pods>): Pods => ({
  name: "pod",
  because: "urn",
  cpuMillicores: 500,
  memoryMiB: 512,
  count: 1,
  spread: false,
  ...changes,
});

describe("the simulated cloud", () => {
  it("knows no resource type that it was not told of", () => {
    const call = { type: "aws:s3/bucket:Bucket", name: "b", inputs: {} };
    assert.throws(
      () => cloud.create(call),
      /does not know the resource type aws:s3\/bucket:Bucket/,
    );
  });

  it("knows no invoke that it was not told of", () => {
    assert.throws(() => cloud.invoke("aws:index/getRegion:getRegion", {}), /invoke aws:index/);
  });

  it("fails the program that uses such a type", async () => {
    const program = () => ({ id: new aws.s3.Bucket("b").id });
    await assert.rejects(recordProgram(program), /does not know the resource type aws:s3/);
  });

  it("fails a program that reads what it has not made", async () => {
    const program = () => ({ id: aws.ec2.Vpc.get("v", "vpc-1").id });
    await assert.rejects(
      recordProgram(program),
      /cannot read aws:ec2\/vpc:Vpc v: it holds only what the program makes\. Fix: /,
    );
  });

  it("fails a program that calls a component's method", async () => {
    const program = () => {
      const cluster = new eks.Cluster("c", {
        name: "c",
        autoMode: { enabled: true },
        authenticationMode: eks.AuthenticationMode.Api,
      });
      return { kubeconfig: cluster.getKubeconfig().result };
    };
    await assert.rejects(recordProgram(program), /does not know the method eks:index:Cluster\/get/);
  });

  it("fails a program that registers one URN twice", async () => {
    const program = () => ({
      ids: [new aws.ec2.Eip("same").id, new aws.ec2.Eip("same").id],
    });
    await assert.rejects(recordProgram(program), /Duplicate resource URN/);
  });

  it("says when it has to price a region by another's list", () => {
    assert.equal(priceRegion("ap-northeast-1"), "ap-northeast-1");
    assert.equal(priceRegion("eu-west-3"), "us-east-1");
    assert.deepEqual(prices("eu-west-3"), prices("us-east-1"));
  });

  it("opens a secret for the model and shows none in its output", () => {
    const value = { a: [secret("x")], b: 1 };
    assert.deepEqual(reveal(value), { a: ["x"], b: 1 });
    assert.deepEqual(redact(value), { a: ["[secret]"], b: 1 });
  });
});

describe("the nodes that pods need", () => {
  it("are one at least", () => {
    assert.equal(nodesFor([], 3), 1);
  });

  it("are as many as the CPU requests fill", () => {
    assert.equal(nodesFor([pods({ count: 3 })], 1), 1);
    assert.equal(nodesFor([pods({ count: 4 })], 1), 2);
  });

  it("are as many as the memory requests fill", () => {
    assert.equal(nodesFor([pods({ count: 3, cpuMillicores: 10, memoryMiB: 3500 })], 1), 2);
  });

  it("have less room for every DaemonSet", () => {
    const daemon = pods({ count: "per-node", cpuMillicores: 500 });
    assert.equal(nodesFor([pods({ count: 3 }), daemon], 1), 2);
  });

  it("are in as many zones as replicas want to be", () => {
    assert.equal(nodesFor([pods({ count: 3, spread: true, cpuMillicores: 10 })], 3), 3);
    assert.equal(nodesFor([pods({ count: 3, spread: true, cpuMillicores: 10 })], 2), 2);
  });

  it("cannot be found for a pod that is larger than one", () => {
    assert.throws(() => nodesFor([pods({ memoryMiB: 9000 })], 1), /does not fit an m6i\.large/);
  });
});

describe("the stack files", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "stack-files-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const write = (file: string, text: string) => {
    writeFileSync(path.join(folder, file), text);
  };

  it("give the catalogue's defaults, overridden by the stack", () => {
    const { config } = readStackFiles(ROOT, "prod");
    assert.equal(config[`${PROJECT_NAME}:retentionDays`], "31");
    assert.equal(config[`${PROJECT_NAME}:natGateways`], "per-zone");
    assert.equal(config[`${PROJECT_NAME}:adminRoleArns`], "[]");
    assert.equal(config[`${PROJECT_NAME}:deletionProtection`], "true");
  });

  it("give a secure value as an opaque secret", () => {
    write("Pulumi.yaml", "name: p\nconfig: {}\n");
    write("Pulumi.s.yaml", "config:\n  p:token:\n    secure: AAABAIBf\n");
    const { config, secretKeys } = readStackFiles(folder, "s");
    assert.deepEqual(secretKeys, ["p:token"]);
    assert.ok(!JSON.stringify(config).includes("AAABAIBf"));
  });

  it("give a secret inside of an object as one, and the rest of the object as it is", () => {
    write("Pulumi.yaml", "name: p\n");
    write("Pulumi.s.yaml", "config:\n  p:secrets:\n    a-url:\n      secure: AAABAIBf\n");
    const { config, secretKeys } = readStackFiles(folder, "s");
    assert.deepEqual(secretKeys, ["p:secrets"]);
    assert.equal(config["p:secrets"], '{"a-url":"an opaque secret"}');
  });

  it("give a secret inside of a list as one", () => {
    write("Pulumi.yaml", "name: p\n");
    write("Pulumi.s.yaml", "config:\n  p:list:\n    - a:\n        secure: AAABAIBf\n");
    const { config, secretKeys } = readStackFiles(folder, "s");
    assert.deepEqual(secretKeys, ["p:list"]);
    assert.equal(config["p:list"], '[{"a":"an opaque secret"}]');
  });

  const typed = (type: string, value: string) => {
    write("Pulumi.yaml", `name: p\nconfig:\n  k: { type: ${type}, default: x }\n`);
    write("Pulumi.s.yaml", `config:\n  p:k: ${value}\n`);
    return () => readStackFiles(folder, "s");
  };

  it("are refused for a wrong type in the CLI's own words", () => {
    const items = "array, items: { type: string }";
    assert.throws(
      typed("integer", "three"),
      /^Error: Stack 's' with configuration key 'k' must be of type 'integer'\. Fix: pulumi config rm k$/,
    );
    assert.throws(typed("integer", "31.5"), /must be of type 'integer'/);
    assert.throws(typed("boolean", "on-duty"), /must be of type 'boolean'/);
    assert.throws(typed(items, "[1, 2]"), /must be of type 'array<string>'/);
    assert.throws(typed(items, "one"), /must be of type 'array<string>'/);
    for (const [type, value] of [
      ["integer", "'31'"],
      ["boolean", "'true'"],
      [items, "[a]"],
      ["string", "12"],
    ]) {
      assert.doesNotThrow(typed(type ?? "", value ?? ""));
    }
  });

  it("are named when they are no YAML", () => {
    write("Pulumi.yaml", "name: p\n");
    write("Pulumi.s.yaml", "a: [\n");
    assert.throws(() => readStackFiles(folder, "s"), /Pulumi\.s\.yaml must be YAML; got /);
    write("Pulumi.s.yaml", "config: [a]\n");
    assert.throws(
      () => readStackFiles(folder, "s"),
      /config in a stack file must be a YAML mapping/,
    );
  });

  it("are named when they cannot be read", () => {
    write("Pulumi.yaml", "name: p\n");
    assert.throws(
      () => readStackFiles(folder, "s"),
      /Pulumi\.s\.yaml must be a file that can be read/,
    );
    write("Pulumi.s.yaml", "- not\n- a mapping\n");
    assert.throws(() => readStackFiles(folder, "s"), /Pulumi\.s\.yaml must be a YAML mapping/);
  });
});
