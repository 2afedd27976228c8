import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { presets } from "../../../observability/presets/presets";
import type { ServiceFacts } from "../../../observability/service-facts";
import { Child } from "../../../verification/child-process";
import { freePort } from "../../../verification/free-port";
import { findExecutable } from "../../../verification/executable";
import { versionOf } from "../../../verification/proof/programs";
import {
  assertExported,
  assertMeasured,
  type ExportedSeries,
  seriesIn,
} from "../../support/exported-series";
import { missing, notAsked } from "../../support/external-tool";
import { sampleFacts } from "../../support/sample-facts";
import { ROOT } from "../../support/simulated";

const SERVICE = path.join(ROOT, "services/quote-service");
const OTLP: ServiceFacts = factsOf("opentelemetry-otlp");
const NODE: ServiceFacts = factsOf("opentelemetry-node");

function factsOf(preset: "opentelemetry-otlp" | "opentelemetry-node"): ServiceFacts {
  return { ...sampleFacts, preset, buckets: presets[preset].buckets };
}

/** A file of quote-service on any Node, with a garbage collection before the first request. */
async function startQuotes(file: string, environment: NodeJS.ProcessEnv = {}) {
  const script = `require("./${file}"); setTimeout(gc, 100)`;
  const args = ["--expose-gc", "-r", path.join(ROOT, "register.cjs"), "-e", script];
  const env = { ...process.env, ...environment, HOST: "127.0.0.1", PORT: "0" };
  const child = Child.start(process.execPath, args, { cwd: SERVICE, env });
  const port = await child.says((output) => /"port":(\d+)/.exec(output)?.[1]);
  const url = `http://127.0.0.1:${port}`;
  for (const where of ["/quotes/1", "/quotes/none", "/no-such-path", "/health/liveness"]) {
    await (await fetch(url + where)).text();
  }
  return { child, url };
}

describe("the presets of OpenTelemetry", () => {
  before(function () {
    if (!existsSync(path.join(SERVICE, "node_modules")))
      missing(this, "the dependencies of services/quote-service are not installed");
  });

  describe("with the Node SDK's own exporter", () => {
    let exported: ExportedSeries[];
    before(async () => {
      const { child, url } = await startQuotes("src/main.ts");
      exported = await until(async () => {
        const series = seriesIn(await (await fetch(`${url}/metrics`)).text());
        return isComplete(series) ? series : undefined;
      });
      await child.stop();
    });

    it("read nothing that it does not export", () => {
      assertExported(NODE, exported);
    });

    it("have its buckets, and room for its series", () => {
      assertMeasured(NODE, exported);
    });

    it("would read nothing of it under the names of the other table", () => {
      assert.throws(() => {
        assertExported(OTLP, exported);
      }, /http_server_request_duration_seconds_count/);
    });
  });

  describe("through Prometheus' OTLP receiver", () => {
    let folder: string;
    let received: ExportedSeries[];
    before(async function () {
      const prometheus = findExecutable("prometheus");
      if (prometheus === undefined || Number.parseInt(versionOf(prometheus)) < 3)
        notAsked(this, "Prometheus 3, the first whose OTLP receiver makes labels of attributes");
      folder = mkdtempSync(path.join(tmpdir(), "otlp-"));
      const base = `http://127.0.0.1:${await freePort()}`;
      const server = Child.start(prometheus, serverArgs(folder, base));
      await server.answers(`${base}/-/ready`);
      const { child } = await startQuotes("src/main.ts", {
        OTEL_METRICS_EXPORTER: "otlp",
        OTEL_METRIC_EXPORT_INTERVAL: "1000",
        OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${base}/api/v1/otlp/v1/metrics`,
        // What InstrumentedService sets.
        OTEL_SERVICE_NAME: "shop",
        OTEL_RESOURCE_ATTRIBUTES:
          "service.instance.id=shop-1,k8s.pod.name=shop-1,k8s.namespace.name=prod",
      });
      received = await until(async () => {
        const found = await fetch(`${base}/api/v1/series?match[]={job="shop"}`);
        const { data } = (await found.json()) as { data: ExportedSeries[] };
        return isComplete(data) ? data : undefined;
      });
      await Promise.all([child.stop(), server.stop()]);
    });
    after(() => {
      if (folder) rmSync(folder, { recursive: true });
    });

    it("read nothing that Prometheus does not make of it", () => {
      assertExported(OTLP, received);
    });

    it("have its buckets, and room for its series", () => {
      assertMeasured(OTLP, received);
    });

    it("find job, namespace and pod in labels", () => {
      const alive = received.find(({ __name__ }) => __name__ === "target_info");
      assert.equal(alive?.job, "shop");
      assert.equal(alive.k8s_namespace_name, "prod");
      assert.equal(alive.k8s_pod_name, "shop-1");
    });
  });
});

/** Garbage collection shows with the next scrape, the loop's delay once it was measured five times since the last. */
const isComplete = (series: readonly ExportedSeries[]): boolean =>
  ["v8js_gc_", "http_server_", "nodejs_eventloop_delay_"].every((begin) =>
    series.some(({ __name__ = "" }) => __name__.startsWith(begin)),
  );

/** The configuration that docs/presets.md asks for. */
function serverArgs(folder: string, base: string): string[] {
  const config = path.join(folder, "prometheus.yml");
  writeFileSync(
    config,
    "otlp: { promote_resource_attributes: [k8s.namespace.name, k8s.pod.name] }\n",
  );
  return [
    `--config.file=${config}`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=${new URL(base).host}`,
    "--web.enable-otlp-receiver",
  ];
}

/** Asks again every 200 ms; the test's timeout ends it. */
async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
