import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chartObjects } from "../../compare/chart-objects";
import type { RecordedResource } from "../../compare/side";
import { externalTool } from "../support/external-tool";

const CHART = "KUBE_PROMETHEUS_STACK_CHART";

const TEMPLATE = `
{{- range $name, $value := .Values.objects }}
---
apiVersion: v1
kind: ConfigMap
metadata: { name: {{ $name }}, namespace: {{ $.Release.Namespace }} }
data: { value: {{ required "no value" $value | quote }} }
{{- end }}
`;

const release = (objects: object): readonly RecordedResource[] => [
  {
    type: "kubernetes:helm.sh/v3:Release",
    inputs: { name: "r", namespace: "n", values: { objects } },
  } as unknown as RecordedResource,
];

describe("Objects of the chart in a comparison", () => {
  const { signal } = new AbortController();
  const given = process.env[CHART];
  let folder: string;
  before(function () {
    externalTool(this, "helm");
    folder = mkdtempSync(path.join(tmpdir(), "chart-objects-"));
    mkdirSync(path.join(folder, "templates"));
    writeFileSync(path.join(folder, "Chart.yaml"), "apiVersion: v2\nname: c\nversion: 1.0.0\n");
    writeFileSync(path.join(folder, "templates", "objects.yaml"), TEMPLATE);
  });
  beforeEach(() => {
    process.env[CHART] = folder;
  });
  afterEach(() => {
    if (given === undefined) Reflect.deleteProperty(process.env, CHART);
    else process.env[CHART] = given;
  });
  after(() => {
    if (folder) rmSync(folder, { recursive: true });
  });

  it("are those that the values of both sides make differently", async () => {
    const old = release({ same: "1", other: "1", gone: "1" });
    const wanted = release({ same: "1", other: "2", more: "1" });
    assert.deepEqual(await chartObjects(old, wanted, signal), {
      changes: [
        { change: "gone", kind: "ConfigMap", name: "gone" },
        { change: "changed", kind: "ConfigMap", name: "other" },
        { change: "added", kind: "ConfigMap", name: "more" },
      ],
    });
  });

  it("are left out with a sentence where helm fails, and where there is no chart", async () => {
    const [good, bad] = [release({ a: "1" }), release({ a: "" })];
    const failed = await chartObjects(good, bad, signal);
    assert.match(
      "notCompared" in failed ? failed.notCompared : "",
      /helm template failed: .*no value/,
    );
    process.env[CHART] = path.join(folder, "templates");
    const none = await chartObjects(good, good, signal);
    assert.match(
      "notCompared" in none ? none.notCompared : "",
      /KUBE_PROMETHEUS_STACK_CHART names/,
    );
    process.env[CHART] = folder;
    const one = await chartObjects(good, [], signal);
    assert.match("notCompared" in one ? one.notCompared : "", /Only one side/);
  });
});
