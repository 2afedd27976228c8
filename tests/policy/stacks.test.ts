import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import type { Subject } from "../../policy/rule";
import { RULES } from "../../policy/rules";
import { recordStack } from "../../simulation/record-stack";
import { findChart } from "../../verification/cluster/chart";
import { absent } from "../support/external-tool";
import {
  type Manifest,
  subjectOf,
  subjectOfManifest,
  violations,
} from "../support/policy-subjects";
import { STACK_NAMES } from "../support/stack-names";

const MANDATORY = RULES.filter(({ level }) => level === "mandatory");
const ADVISORY = RULES.filter(({ level }) => level === "advisory");

async function subjects(stack: string, config: Record<string, string> = {}): Promise<Subject[]> {
  const { resources } = await recordStack(stack, { config });
  return resources.map((resource) => subjectOf(resource, stack));
}

describe("the policies on the stacks of the tree", () => {
  for (const stack of STACK_NAMES) {
    it(`find nothing that would stop ${stack}`, async () => {
      const found = await subjects(stack);
      assert.deepEqual(violations(found, MANDATORY), []);
      // What any stack has: the rules had something to look at.
      const types = new Set(found.map(({ type }) => type));
      assert.ok(
        types.has("kubernetes:apps/v1:Deployment") && types.has("kubernetes:helm.sh/v3:Release"),
      );
    });
  }

  it("see which inputs are secret", async () => {
    const marked = (await subjects("prod")).filter(({ secretPaths }) => secretPaths.length > 0);
    assert.ok(marked.some(({ type }) => type === "kubernetes:core/v1:Secret"));
  });

  it("advise against the open API server, which is a default, and against nothing else", async () => {
    const advice = violations(await subjects("prod"), ADVISORY);
    assert.equal(advice.length, 1);
    assert.match(advice[0] ?? "", /^api-server-networks: /);
    const closed = await subjects("prod", { apiServerCidrs: '["203.0.113.0/24"]' });
    assert.deepEqual(violations(closed, ADVISORY), []);
  });

  it("refuse production without volumes, and no other stack", async () => {
    const without = { persistence: "false" };
    const told = violations(await subjects("prod", without), MANDATORY);
    const parts = told.map((each) => /^keeps-data: (\w+) /.exec(each)?.[1]);
    assert.deepEqual(parts, ["Prometheus", "Alertmanager"]);
    assert.deepEqual(violations(await subjects("dev", without), MANDATORY), []);
  });
});

/** What the chart runs: it names each by a tag of its own version, so the pinned chart pins them. */
const CHART_IMAGES = [
  "docker.io/grafana/grafana:",
  "ghcr.io/jkroepke/kube-webhook-certgen:",
  "quay.io/kiwigrid/k8s-sidecar:",
  "quay.io/prometheus-operator/prometheus-operator:",
  "quay.io/prometheus/node-exporter:",
  "registry.k8s.io/kube-state-metrics/kube-state-metrics:",
  // These two by versions.ts.
  "docker.io/busybox:",
  "registry.k8s.io/kubectl:",
];

const SIDECAR = "grafana-sc-(dashboard|datasources) of Deployment kube-prometheus-stack-grafana";
const CRD_JOB = "kubectl of Job kube-prometheus-stack-crds-upgrade";

/** What the chart's objects are let off, and why. */
const EXCEPTIONS: readonly (readonly [sentence: RegExp, why: string])[] = [
  [
    new RegExp(`^pod-probes: container ${SIDECAR} must have a (readiness|liveness)Probe;`),
    "the sidecar copies files and nobody calls it; the chart gives it no probe unless told one",
  ],
  [
    new RegExp(`^pod-resources: container ${CRD_JOB} must have resources\\.[a-z.]+;`),
    "rendered before the program set them (crds.upgradeJob.resources)",
  ],
];

describe("the policies on the chart's objects", () => {
  it("find what is listed here with its reason, and nothing else", function () {
    const found = findChart();
    if ("missing" in found) return absent(this, "the rendered chart");
    const file = path.join(found.chart.folder, "files", "objects.yaml");
    if (!existsSync(file)) return absent(this, "the rendered chart's objects");
    const objects = parseAllDocuments(readFileSync(file, "utf8"))
      .map((document) => document.toJS() as Manifest | null)
      .filter((object) => object !== null);
    const settings = { "image-by-digest": { byTag: CHART_IMAGES } };
    const subjects = objects.map((object) => subjectOfManifest(object, "prod"));
    const told = violations(subjects, RULES, settings);
    const others = told.filter((each) => !EXCEPTIONS.some(([sentence]) => sentence.test(each)));
    assert.deepEqual(others, []);
    const needless = EXCEPTIONS.filter(([sentence]) => !told.some((each) => sentence.test(each)));
    assert.deepEqual(needless, []);
    const all = violations(subjects, RULES, { "image-by-digest": { byTag: [] } }).join();
    for (const image of CHART_IMAGES) assert.ok(all.includes(image), image);
  });
});
