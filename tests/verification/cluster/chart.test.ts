import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { findChart } from "../../../verification/cluster/chart";
import { versions } from "../../../versions";

describe("The chart of a run", () => {
  const { version } = versions.kubePrometheusStack;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "chart-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const missing = (text: string): string => {
    if (text) writeFileSync(path.join(folder, "Chart.yaml"), text);
    const found = findChart({ folder });
    return "missing" in found ? found.missing : "";
  };

  it("is the folder that is given, whose values have an effect", () => {
    writeFileSync(
      path.join(folder, "Chart.yaml"),
      `name: kube-prometheus-stack\nversion: ${version}\nappVersion: v0.93.1\n`,
    );
    const appVersion = "v0.93.1";
    assert.deepEqual(findChart({ folder }), {
      chart: { folder, version, appVersion, valuesHaveEffect: true },
    });
  });

  it("must be of the version that the program pins", () => {
    assert.equal(
      missing("name: kube-prometheus-stack\nversion: 1.2.3\n"),
      `${folder} must be the chart kube-prometheus-stack ${version}; got kube-prometheus-stack 1.2.3`,
    );
    assert.match(missing("name: grafana\nversion: 1.2.3\n"), /; got grafana 1\.2\.3$/);
  });

  it("must be a chart", () => {
    for (const text of ["", "- [", "# nothing\n"]) {
      assert.equal(
        missing(text),
        `${folder} must be the folder of a chart; it has no readable Chart.yaml`,
      );
    }
  });

  it("is missed in a sentence that says how to get it", () => {
    const found = findChart({ version: "0.0.1" });
    assert.match(
      "missing" in found ? found.missing : "",
      /^no chart: give the folder of kube-prometheus-stack 0\.0\.1 with --chart, such as `helm pull /,
    );
  });
});
