import assert from "node:assert/strict";
import { deployQuoteService, type QuoteServiceArgs } from "../../services/quote-service";
import type { Recording } from "../../simulation/recorder";
import { deployedService } from "../../verification/deployed";
import { queriesOf } from "../../verification/proof/panels";
import { barePlatform, eksTestPlatform } from "../support/platforms";
import { find, input, recordProgram } from "../support/simulated";

const ARGS: QuoteServiceArgs = {
  namespace: "prod",
  platform: eksTestPlatform,
  watchedBy: {
    namespace: "prometheus",
    releaseName: "kube-prometheus-stack",
    prometheusUrl: "http://prometheus.example.com:9090",
    grafanaUrl: "https://grafana.example.com",
    retentionDays: 31,
  },
};

const recordQuotes = (changes: Partial<QuoteServiceArgs> = {}): Promise<Recording> =>
  recordProgram(() => {
    const { image, url } = deployQuoteService({ ...ARGS, ...changes });
    return { image, url };
  });

describe("quote-service", () => {
  it("is built from its own folder, where the platform has a registry", async () => {
    const image = find(await recordQuotes(), "docker-build:index:Image", "quote-service");
    assert.deepEqual(image.inputs.context, { location: "./services/quote-service" });
  });

  it("is deployed from a ready image anywhere", async () => {
    const image = "registry.example.com/quote-service:1.0.0";
    const { outputs } = await recordQuotes({ platform: barePlatform, image });
    assert.deepEqual(outputs, { image, url: "http://quote-service.prod.svc.cluster.local" });
  });

  it("promises what its own exporter's names can tell", async () => {
    const { rules } = deployedService(await recordQuotes(), "quote-service");
    const exprs = rules.groups.flatMap((group) => group.rules.map(({ expr }) => expr));
    const bounds = exprs.flatMap(
      (expr) => expr.match(/http_server\w+_bucket\{.*?le="[^"]*"/g) ?? [],
    );
    assert.ok(bounds.length > 0);
    assert.ok(bounds.every((bound) => bound.endsWith('le="0.1"')));
  });

  it("has a panel of its own", async () => {
    const { dashboard } = deployedService(await recordQuotes(), "quote-service");
    const own = queriesOf(dashboard).filter(({ panel }) => panel === "Quotes served");
    assert.match(own[0]?.expr ?? "", /quotes_served_total\{.*job=~"\$job"/);
  });

  it("sends its metrics where the stack takes them, and is scraped by nobody then", async () => {
    const otlp = { endpoint: "http://prometheus.example:9090/otlp", intervalMilliseconds: 30_000 };
    const { resources } = await recordQuotes({ watchedBy: { ...ARGS.watchedBy, otlp } });
    assert.ok(!resources.some(({ type }) => type.endsWith(":ServiceMonitor")));
    const deployment = resources.find(({ type }) => type === "kubernetes:apps/v1:Deployment");
    const names = JSON.stringify(deployment?.inputs).match(/"name":"OTEL_\w+"/g) ?? [];
    assert.equal(names.length, 6);
    // The API server refuses a name that stands twice.
    assert.equal(new Set(names).size, names.length);
  });

  it("lets Prometheus take all samples that its six routes can make", async () => {
    const monitor = find(
      await recordQuotes(),
      "kubernetes:monitoring.coreos.com/v1:ServiceMonitor",
      "quote-service-monitor",
    );
    assert.equal(input(monitor, "spec.sampleLimit"), 800);
  });
});
