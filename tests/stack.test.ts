import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Recording } from "../simulation/recorder";
import { versions } from "../versions";
import { recordStack } from "../simulation/record-stack";
import { find, input, isSecret, PROJECT_NAME, ROOT, typesAndNames } from "./support/simulated";

/** Rewrites the snapshots: UPDATE_SNAPSHOTS=1 npm test */
const UPDATE = process.env.UPDATE_SNAPSHOTS !== undefined;

function assertSnapshot(stack: string, lines: readonly string[]): void {
  const file = path.join(ROOT, "tests", "snapshots", `${stack}.txt`);
  const text = `${lines.join("\n")}\n`;
  if (UPDATE) writeFileSync(file, text);
  assert.equal(text, readFileSync(file, "utf8"), `${file} differs; UPDATE_SNAPSHOTS=1 npm test`);
}

describe("the stack", () => {
  let prod: Recording;
  let dev: Recording;
  before(async () => {
    prod = await recordStack("prod");
    dev = await recordStack("dev");
  });

  it("is composed of exactly what its snapshots list", () => {
    assertSnapshot("prod", typesAndNames(prod));
    assertSnapshot("dev", typesAndNames(dev));
  });

  it("exports what the README names, the secrets as secrets", () => {
    const { outputs } = prod;
    assert.deepEqual(Object.keys(outputs).sort(), [
      "clusterName",
      "grafanaAdminPassword",
      "grafanaAdminUser",
      "grafanaLoadBalancer",
      "grafanaUrl",
      "kubeconfig",
      "kubeconfigCommand",
      "services",
    ]);
    const secrets = Object.keys(outputs).filter((name) => isSecret(outputs[name]));
    assert.deepEqual(secrets.sort(), ["grafanaAdminPassword", "kubeconfig"]);
    assert.equal(
      outputs.kubeconfigCommand,
      `aws eks update-kubeconfig --region ap-northeast-1 --name ${PROJECT_NAME}-prod`,
    );
    const services = outputs.services as Record<string, { image: string; url: string }>;
    assert.match(services["task-service"]?.image ?? "", /@sha256:/);
    assert.equal(services["task-service"]?.url, "http://task-service.prod.svc.cluster.local");
  });

  it("carries project and stack in every account-wide name", () => {
    const name = (type: string, resource?: string) => input(find(prod, type, resource), "name");
    assert.equal(name("eks:index:Cluster"), `${PROJECT_NAME}-prod`);
    assert.equal(name("aws:dynamodb/table:Table"), `${PROJECT_NAME}-prod-tasks`);
    assert.equal(
      name("aws:ecr/repository:Repository", "task-service"),
      `${PROJECT_NAME}-prod/task-service`,
    );
    assert.equal(name("aws:iam/role:Role", "task-service"), `${PROJECT_NAME}-prod-task-service`);
  });

  it("gives every AWS resource the explicit provider with its default tags", () => {
    const { resources } = prod;
    const strays = resources.filter(
      ({ type, provider }) => type.startsWith("aws:") && !provider?.endsWith("::aws"),
    );
    assert.deepEqual(strays, []);
    const provider = resources.find(({ type }) => type === "pulumi:providers:aws");
    assert.match(JSON.stringify(provider?.inputs), /managed-by[\\":]+pulumi/);
  });

  it("gives every Kubernetes object the cluster's own provider", () => {
    const { resources } = prod;
    const strays = resources.filter(
      ({ type, provider }) =>
        type.startsWith("kubernetes:") &&
        !provider?.endsWith("Cluster$pulumi:providers:kubernetes::cluster"),
    );
    assert.deepEqual(strays, []);
  });

  it("protects prod's cluster and data, in AWS as well, and nothing of dev", () => {
    const guarded = [
      ["aws:eks/cluster:Cluster", "cluster-eksCluster"],
      ["aws:dynamodb/table:Table", "tasks"],
      ["kubernetes:helm.sh/v3:Release", "monitoring"],
      ["kubernetes:core/v1:Namespace", "monitoring"],
    ] as const;
    for (const [type, name] of guarded) assert.ok(find(prod, type, name).protect, type);
    const table = find(prod, "aws:dynamodb/table:Table");
    assert.equal(input(table, "deletionProtectionEnabled"), true);
    assert.deepEqual(
      dev.resources.filter(({ protect }) => protect),
      [],
    );
  });

  it("lets task-service do what it needs on exactly its table", () => {
    const arn = String(find(prod, "aws:dynamodb/table:Table").outputs.arn);
    const document = String(
      input(find(prod, "aws:iam/rolePolicy:RolePolicy", "task-service"), "policy"),
    );
    const { Statement } = JSON.parse(document) as { Statement: { Resource: string }[] };
    assert.deepEqual(
      Statement.map(({ Resource }) => Resource),
      [arn, `${arn}/index/*`],
    );
    assert.ok(!document.includes('"*"') && !document.includes("dynamodb:*"));
  });

  it("keeps dev's tasks in memory, with no table and no role for it", () => {
    const types = dev.resources.map(({ type }) => type);
    assert.ok(!types.includes("aws:dynamodb/table:Table"));
    assert.ok(!types.includes("aws:eks/podIdentityAssociation:PodIdentityAssociation"));
  });

  it("runs everything but node-exporter under Pod Security restricted", () => {
    const level = (name: string) =>
      input(find(prod, "kubernetes:core/v1:Namespace", name), "metadata.labels");
    const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };
    assert.deepEqual(level("services"), restricted);
    assert.deepEqual(level("monitoring"), restricted);
    assert.deepEqual(level("monitoring-node-exporter"), {
      "pod-security.kubernetes.io/enforce": "privileged",
    });
  });

  it("plans in a preview what it makes in an up", async () => {
    const planned = await recordStack("prod", { preview: true });
    assert.deepEqual(typesAndNames(planned), typesAndNames(prod));
  });

  it("runs its CRD job with a kubectl of the cluster's minor", async () => {
    for (const { minor: kubernetesVersion } of versions.kubernetes) {
      const release = find(
        await recordStack("dev", { config: { kubernetesVersion } }),
        "kubernetes:helm.sh/v3:Release",
      );
      const tag = String(input(release, "values.crds.upgradeJob.image.kubectl.tag"));
      assert.ok(tag.startsWith(`v${kubernetesVersion}.`), tag);
    }
  });
});
