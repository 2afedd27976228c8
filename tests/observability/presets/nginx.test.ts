import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
    writeFileSync(path.join(folder, "nginx.conf"), configuration(port));
    const server = Child.start(nginx, ["-p", folder, "-c", "nginx.conf", "-e", "error.log"]);
    await server.answers(`http://127.0.0.1:${port}/`);
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

const configuration = (port: number): string => `
  daemon off;
  pid nginx.pid;
  events {}
  http {
    access_log off;
    ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((of) => `${of}_temp_path ${of};`).join("\n")}
    server {
      listen 127.0.0.1:${port};
      location = /stub_status { stub_status; }
      location / { return 200 "ok"; }
    }
  }
`;
