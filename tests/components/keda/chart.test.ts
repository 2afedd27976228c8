import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import { METRICS_SERVER, OPERATOR, WEBHOOKS } from "../../../components/keda/keda-values";
import { recordStack } from "../../../simulation/record-stack";
import { at, reveal } from "../../../simulation/resource";
import { versions } from "../../../versions";
import { externalTool, notAsked } from "../../support/external-tool";

/** KEDA's chart is no part of this repository; give the folder of the pinned version. */
const CHART = process.env.KEDA_CHART;

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: unknown;
}

describe("KEDA's chart with the program's values", () => {
  let manifests: readonly Manifest[];
  before(async function () {
    if (CHART === undefined) return notAsked(this, "KEDA_CHART, the folder of KEDA's chart");
    const helm = externalTool(this, "helm");
    const config = { taskServiceRequestsPerSecond: "50", prometheusReplicas: "2" };
    const { resources } = await recordStack("prod", { config });
    const release = resources.find(
      ({ type, name }) => type.endsWith(":Release") && name === "keda",
    );
    const folder = mkdtempSync(path.join(tmpdir(), "keda-"));
    try {
      const file = path.join(folder, "values.json");
      writeFileSync(file, JSON.stringify(reveal(release?.inputs.values)));
      const kubernetes = ["--kube-version", `${versions.defaultKubernetes}.0`];
      const args = ["template", "keda", CHART, "--namespace", "keda", "--values", file];
      const text = execFileSync(helm, [...args, ...kubernetes], {
        encoding: "utf8",
        maxBuffer: 2 ** 26,
      });
      manifests = parseAllDocuments(text).flatMap((each) => (each.toJS() as Manifest | null) ?? []);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  const of = (kind: string) => manifests.filter((each) => each.kind === kind);

  it("runs two pods of each of the three parts that network policies and the bill know", () => {
    const deployments = of("Deployment");
    assert.deepEqual(
      deployments.map(({ metadata }) => metadata.name).sort(),
      [WEBHOOKS, OPERATOR, METRICS_SERVER].sort(),
    );
    for (const { metadata, spec } of deployments) {
      assert.equal(at(spec, "replicas"), 2);
      const labels = at(spec, "template.metadata.labels") as Record<string, string>;
      assert.equal(labels["app.kubernetes.io/name"], metadata.name);
      const [first] = at(spec, "template.spec.topologySpreadConstraints") as {
        labelSelector: { matchLabels: object };
      }[];
      assert.deepEqual(first?.labelSelector.matchLabels, { app: labels.app });
      assert.equal(at(spec, "template.spec.priorityClassName"), "kube-prometheus-stack");
    }
    assert.equal(of("PodDisruptionBudget").length, 3);
  });

  it("has requests, limits and what Pod Security restricted asks for in every container", () => {
    for (const { metadata, spec } of of("Deployment")) {
      assert.equal(at(spec, "template.spec.securityContext.runAsNonRoot"), true);
      for (const container of at(spec, "template.spec.containers") as object[]) {
        assert.match(String(at(container, "resources.requests.memory")), /Mi$/, metadata.name);
        assert.match(String(at(container, "resources.limits.memory")), /Mi$/);
        const security = at(container, "securityContext");
        assert.equal(at(security, "allowPrivilegeEscalation"), false);
        assert.deepEqual(at(security, "capabilities.drop"), ["ALL"]);
        assert.equal(at(security, "seccompProfile.type"), "RuntimeDefault");
      }
    }
  });

  it("is scraped by the stack's Prometheus, and brings its CRDs as templates", () => {
    const [monitor] = of("ServiceMonitor");
    assert.equal(monitor?.metadata.labels?.release, "kube-prometheus-stack");
    const crds = of("CustomResourceDefinition").map(({ metadata }) => metadata.name);
    assert.ok(crds.includes("scaledobjects.keda.sh"));
  });
});
