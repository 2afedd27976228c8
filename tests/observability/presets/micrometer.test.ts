import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PERCENTILES_HISTOGRAM } from "../../../observability/presets/micrometer";
import type { ServiceFacts } from "../../../observability/service-facts";
import { Child } from "../../../verification/child-process";
import { freePort } from "../../../verification/free-port";
import { run } from "../../../verification/proof/programs";
import {
  assertExported,
  assertMeasured,
  type ExportedSeries,
  seriesIn,
} from "../../support/exported-series";
import { externalTool, missing } from "../../support/external-tool";
import { sampleFacts } from "../../support/sample-facts";

const SOURCE = path.join(__dirname, "spring-boot");
const WITHOUT_BUCKETS: ServiceFacts = {
  ...sampleFacts,
  preset: "micrometer",
  buckets: [],
  slo: { availability: 99.9 },
};
const WITH_BUCKETS: ServiceFacts = {
  ...WITHOUT_BUCKETS,
  buckets: PERCENTILES_HISTOGRAM,
  slo: { availability: 99.9, latency: { percent: 99, seconds: 0.246065832 } },
};
/** What the refusal of an objective says to set. */
const PERCENTILES =
  "--management.metrics.distribution.percentiles-histogram.http.server.requests=true";

describe("the preset micrometer", function () {
  // Maven fetches Spring Boot once, and it starts in seconds.
  this.timeout(400_000);
  let folder: string;
  let classPath: string;

  before(function () {
    const maven = externalTool(this, "mvn");
    const compiler = externalTool(this, "javac");
    folder = mkdtempSync(path.join(tmpdir(), "spring-boot-"));
    const list = path.join(folder, "class-path");
    const goal = ["dependency:build-classpath", `-Dmdep.outputFile=${list}`];
    const fetched = spawnSync(maven, ["-q", "-B", "-f", SOURCE, ...goal], { encoding: "utf8" });
    if (fetched.status !== 0) missing(this, "Spring Boot, which Maven could not fetch");
    classPath = `${folder}:${readFileSync(list, "utf8").trim()}`;
    run(compiler, ["-cp", classPath, "-d", folder, path.join(SOURCE, "Shop.java")]);
  });
  after(() => {
    if (folder) rmSync(folder, { recursive: true });
  });

  /** What a real service exports after a few requests, and how it answers its probes. */
  async function exportedBy(...settings: string[]): Promise<ExportedSeries[]> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const properties = `--spring.config.location=file:${SOURCE}/application.properties`;
    const args = ["-cp", classPath, "Shop", `--server.port=${port}`, properties, ...settings];
    const shop = Child.start("java", args);
    try {
      for (const probe of ["startup", "liveness", "readiness"])
        await shop.answers(`${url}/health/${probe}`, 60);
      for (const where of ["/items/1", "/items/broken", "/no-such-path", "/metrics"])
        await (await fetch(url + where)).text();
      return seriesIn(await (await fetch(`${url}/metrics`)).text());
    } finally {
      await shop.stop();
    }
  }

  it("reads nothing that Spring Boot with percentiles-histogram does not export", async () => {
    const exported = await exportedBy(PERCENTILES);
    assertExported(WITH_BUCKETS, exported);
    assertMeasured(WITH_BUCKETS, exported);
  });

  it("has the one bucket that a service asks for by slo", async () => {
    const exported = await exportedBy(
      "--management.metrics.distribution.slo.http.server.requests=250ms",
    );
    const facts: ServiceFacts = {
      ...WITH_BUCKETS,
      buckets: [0.25],
      slo: { latency: { percent: 99, seconds: 0.25 } },
    };
    assertExported(facts, exported);
    assertMeasured(facts, exported);
    const items = exported.filter(({ uri, status }) => uri === "/items/{id}" && status === "200");
    assert.equal(items.length, 5);
  });

  it("reads nothing that it does not export without, where there are no buckets", async () => {
    const exported = await exportedBy();
    assertExported(WITHOUT_BUCKETS, exported);
    assert.throws(() => {
      assertExported(WITH_BUCKETS, exported);
    }, /http_server_requests_seconds_bucket/);
    const probes = exported.flatMap(({ uri }) => (uri?.startsWith("/health") ? [uri] : []));
    assert.deepEqual([...new Set(probes)], ["/health/**"], "the route that is not counted");
  });
});
