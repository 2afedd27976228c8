import assert from "node:assert/strict";
import {
  InstrumentedService,
  type InstrumentedServiceArgs,
} from "../../components/instrumented-service/instrumented-service";
import type { MetricsArgs, NginxArgs } from "../../components/instrumented-service/metrics-args";
import type { Slo } from "../../observability/slo/objectives";
import type { Recording } from "../../simulation/recorder";
import { barePlatform } from "../support/platforms";
import { expectRejections } from "../support/rejections";
import { find, input, recordProgram } from "../support/simulated";

const PLACE = {
  namespace: "prod",
  platform: barePlatform,
  image: "registry.example.com/shop:1.0.0",
  watchedBy: {
    releaseName: "kube-prometheus-stack",
    prometheusUrl: "http://prometheus.example.com:9090",
    grafanaUrl: "https://grafana.example.com",
    retentionDays: 31,
  },
};
const NGINX: NginxArgs = {
  preset: "nginx",
  exporterImage: "registry.example.com/nginx-prometheus-exporter:1.4.2",
};
const AVAILABILITY: Slo = { availability: 99.9 };
const LATENCY: Slo = { latency: { percent: 99, seconds: 0.5 } };
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const MONITOR = "kubernetes:monitoring.coreos.com/v1:ServiceMonitor";
const RULES = "kubernetes:monitoring.coreos.com/v1:PrometheusRule";

/** As a program in JavaScript gives them: any metrics with any objectives. */
const recordShop = (metrics: MetricsArgs, slo?: Slo): Promise<Recording> =>
  recordProgram(() => {
    const args = { ...PLACE, metrics, ...(slo && { slo }) } as InstrumentedServiceArgs;
    const { url, alive } = new InstrumentedService("shop", args);
    return { url, alive };
  });

interface Container {
  readonly name: string;
  readonly args?: readonly string[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext: object;
}

const containersOf = (recording: Recording): readonly Container[] =>
  input(find(recording, DEPLOYMENT), "spec.template.spec.containers") as readonly Container[];

const rulesOf = (recording: Recording): string =>
  JSON.stringify(input(find(recording, RULES), "spec"));

async function refuse(metrics: MetricsArgs, slo: Slo, message: RegExp): Promise<void> {
  expectRejections(message);
  await assert.rejects(recordShop(metrics, slo), message);
}

describe("a service behind nginx", () => {
  it("has an exporter in its pod, which is scraped in its place", async () => {
    const recording = await recordShop({ ...NGINX, statusPath: "/status" });
    const [nginx, exporter] = containersOf(recording);
    assert.deepEqual(nginx?.ports, [{ name: "http", containerPort: 3000 }]);
    assert.deepEqual(exporter?.ports, [{ name: "metrics", containerPort: 9113 }]);
    assert.deepEqual(exporter.args, ["--nginx.scrape-uri=http://127.0.0.1:3000/status"]);
    assert.deepEqual(exporter.securityContext, nginx.securityContext);
    assert.deepEqual(input(find(recording, "kubernetes:core/v1:Service"), "spec.ports"), [
      { name: "http", port: 80, targetPort: "http" },
      { name: "metrics", port: 9113, targetPort: "metrics" },
    ]);
    assert.deepEqual(input(find(recording, MONITOR), "spec.endpoints"), [
      { port: "metrics", path: "/metrics" },
    ]);
  });

  it("may have no objectives, by its type", () => {
    const place: Pick<InstrumentedServiceArgs, "metrics" | "slo"> = { metrics: NGINX };
    assert.equal(place.slo, undefined);
    // @ts-expect-error the compiler refuses what the next test sees refused at run time
    const refused: InstrumentedServiceArgs = { ...PLACE, metrics: NGINX, slo: AVAILABILITY };
    assert.ok(refused);
  });

  it("may have no objectives, by a sentence where there are no types", async () => {
    await refuse(
      NGINX,
      AVAILABILITY,
      /shop: slo must be left out, because preset nginx knows neither codes nor durations of requests; got \{"availability":99\.9\}\. Fix: leave slo out/,
    );
  });
});

describe("a service with Micrometer", () => {
  it("may promise availability: its requests are counted by code", async () => {
    const rules = rulesOf(await recordShop({ preset: "micrometer" }, AVAILABILITY));
    assert.ok(rules.includes('http_server_requests_seconds_count{namespace=\\"prod\\"'));
    assert.ok(!rules.includes("_bucket"));
  });

  it("may promise no latency without buckets, and is told how to get them", async () => {
    await refuse(
      { preset: "micrometer" },
      LATENCY,
      /slo\.latency must be left out while .* no buckets; got 0\.5 seconds\. Fix: set management\.metrics\.distribution\.percentiles-histogram\.http\.server\.requests=true in the service, and metrics\.percentilesHistogram: true here\./,
    );
  });

  it("promises a latency that is one of its buckets", async () => {
    const metrics = { preset: "micrometer", percentilesHistogram: true } as const;
    await refuse(metrics, LATENCY, /must be one of .*0\.447392426, 0\.536870911, .*; got 0\.5\./);
    const slo = { latency: { percent: 99, seconds: 0.536870911 } };
    const rules = rulesOf(await recordShop(metrics, slo));
    assert.ok(rules.includes('le=\\"0.536870911\\"'));
  });

  it("promises a latency of a bucket that it adds itself", async () => {
    const rules = rulesOf(await recordShop({ preset: "micrometer", buckets: [0.5] }, LATENCY));
    assert.ok(rules.includes('le=\\"0.5\\"'));
  });
});

describe("what shows that a service's metrics arrive", () => {
  it("is up where it is scraped, and target_info where it sends by OTLP", async () => {
    const { outputs } = await recordShop({});
    assert.equal(outputs.alive, 'up{namespace="prod",job="shop"}');
    const { outputs: sending } = await recordShop({ preset: "opentelemetry-otlp" });
    assert.equal(sending.alive, 'target_info{k8s_namespace_name="prod",job="shop"}');
  });
});

describe("a service that sends its metrics by OTLP", () => {
  it("is told where and how often, where the stack takes them", async () => {
    const endpoint = "http://prometheus.example:9090/api/v1/otlp/v1/metrics";
    const otlp = { endpoint, intervalMilliseconds: 15_000 };
    const watchedBy = { ...PLACE.watchedBy, namespace: "prometheus", otlp };
    const metrics = { preset: "opentelemetry-otlp" } as const;
    const recording = await recordProgram(() => {
      new InstrumentedService("shop", { ...PLACE, watchedBy, metrics });
    });
    const env = containersOf(recording)[0]?.env ?? [];
    assert.deepEqual(Object.fromEntries(env.slice(3).map(({ name, value }) => [name, value])), {
      OTEL_METRICS_EXPORTER: "otlp",
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: "http/protobuf",
      OTEL_METRIC_EXPORT_INTERVAL: "15000",
    });
  });

  it("is scraped by nobody, and says in each sample who it is", async () => {
    const recording = await recordShop({ preset: "opentelemetry-otlp" }, AVAILABILITY);
    assert.ok(!recording.resources.some(({ type }) => type === MONITOR));
    const env = containersOf(recording)[0]?.env ?? [];
    assert.deepEqual(
      env.map(({ name }) => name),
      ["POD_NAME", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"],
    );
    assert.equal(env[1]?.value, "shop");
    assert.equal(
      env[2]?.value,
      "service.instance.id=$(POD_NAME),k8s.pod.name=$(POD_NAME),k8s.namespace.name=prod",
    );
    assert.ok(
      rulesOf(recording).includes(
        'absent(target_info{k8s_namespace_name=\\"prod\\",job=\\"shop\\"} == 1)',
      ),
    );
  });
});
