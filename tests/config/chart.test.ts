import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { create } from "tar";
import { versions } from "../../versions";
import { problemsOf, readAs } from "../support/stack-config";
import { handed } from "./bad-configuration";

const PINNED = versions.kubePrometheusStack.version;

describe("a chart of one's own", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "charts-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** A chart's folder, with a subchart, which has a version of its own. */
  function makeFolder(name: string, version: string): string {
    const made = path.join(folder, `${name}-${version}`, name);
    const subchart = path.join(made, "charts", "grafana");
    mkdirSync(subchart, { recursive: true });
    writeFileSync(path.join(made, "Chart.yaml"), `name: ${name}\nversion: ${version}\n`);
    writeFileSync(path.join(subchart, "Chart.yaml"), "name: grafana\nversion: 1.0.0\n");
    return made;
  }

  /** As `helm package` makes it. */
  function makeArchive(name: string, version: string): string {
    const made = makeFolder(name, version);
    const file = `${made}-${version}.tgz`;
    create({ file, gzip: true, sync: true, cwd: path.dirname(made) }, [path.basename(made)]);
    return file;
  }

  const problems = (chart: string): Promise<string[]> => problemsOf("prod", handed({ chart }));

  it("is accepted as folder, as archive and by address", async () => {
    for (const chart of [
      makeFolder("kube-prometheus-stack", PINNED),
      makeArchive("kube-prometheus-stack", PINNED),
      "oci://registry.example.com:5000/mirror/kube-prometheus-stack",
    ]) {
      assert.deepEqual(await problems(chart), []);
      assert.equal((await readAs("prod", handed({ chart }))).monitoring.chart, chart);
    }
  });

  for (const [kind, make] of [
    ["folder", makeFolder],
    ["archive", makeArchive],
  ] as const) {
    it(`of another name or version is refused as ${kind}, with what it is`, async () => {
      for (const [name, version] of [
        ["kube-prometheus-stack", "88.4.0"],
        ["grafana", PINNED],
      ] as const) {
        const [sentence = ""] = await problems(make(name, version));
        const start = `chart must be kube-prometheus-stack ${PINNED}: `;
        assert.ok(sentence.startsWith(start), sentence);
        assert.ok(sentence.includes(`; got ${name} ${version} in "`), sentence);
      }
    });
  }

  it("is refused where nothing readable is", async () => {
    const broken = path.join(folder, "broken.tgz");
    writeFileSync(broken, "no archive");
    for (const chart of [broken, path.join(folder, "absent.tgz"), folder]) {
      const [sentence = ""] = await problems(chart);
      assert.ok(sentence.includes(`; got no chart in "${chart}"`), sentence);
    }
  });
});
