import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { presets } from "../../../observability/presets/presets";
import type { ServiceFacts } from "../../../observability/service-facts";
import { Child } from "../../../verification/child-process";
import { freePort } from "../../../verification/free-port";
import { assertExported, type ExportedSeries, seriesIn } from "../../support/exported-series";
import { externalTool } from "../../support/external-tool";
import { sampleFacts } from "../../support/sample-facts";

const { slo, ...withoutObjectives } = sampleFacts;
const FACTS: ServiceFacts = { ...withoutObjectives, preset: "nginx", buckets: [] };

describe("the preset nginx", () => {
  let folder: string;
  let exported: ExportedSeries[];

  before(async function () {
    const nginx = externalTool(this, "nginx");
    const exporter = externalTool(this, "prometheus-nginx-exporter");
    folder = mkdtempSync(path.join(tmpdir(), "nginx-"));
    const [port, exporterPort] = [await freePort(), await freePort()];
    writeFileSync(path.join(folder, "nginx.conf"), configuration(folder, port));
    const server = Child.start(nginx, [
      "-p",
      folder,
      "-c",
      "nginx.conf",
      "-e",
      "stderr",
      "-g",
      "daemon off;",
    ]);
    await server.answers(`http://127.0.0.1:${port}/health/startup`);
    const metrics = Child.start(exporter, [
      `--nginx.scrape-uri=http://127.0.0.1:${port}/stub_status`,
      `--web.listen-address=127.0.0.1:${exporterPort}`,
    ]);
    const url = `http://127.0.0.1:${exporterPort}/metrics`;
    await metrics.answers(url);
    exported = seriesIn(await (await fetch(url)).text());
    await Promise.all([server.stop(), metrics.stop()]);
  });
  after(() => {
    if (folder) rmSync(folder, { recursive: true });
  });

  it("reads nothing that Debian's exporter does not export", () => {
    assertExported(FACTS, exported);
  });

  it("counts the series of the exporter as they are", () => {
    assert.ok(slo);
    assert.ok(exported.length > 5 && exported.length <= presets.nginx.series.fixed);
  });
});

/** That of docs/presets.md, in a folder and on a port of its own. */
const configuration = (folder: string, port: number): string =>
  readFileSync(path.join(__dirname, "nginx.conf"), "utf8")
    .replaceAll("/dev/shm", folder)
    .replace("listen 3000", `listen 127.0.0.1:${port}`);
