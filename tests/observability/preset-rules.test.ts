import assert from "node:assert/strict";
import { serviceRules } from "../../observability/alerts/service-rules";
import { presets } from "../../observability/presets/presets";
import type { ServiceFacts } from "../../observability/service-facts";
import { externalTool } from "../support/external-tool";
import { checkRules, firing, type RuleCase, testRules } from "../support/promtool";
import { sampleFacts } from "../support/sample-facts";

/** As real exporters write it (tests/observability/presets), not as the tables under test do. */
interface Written {
  readonly facts: ServiceFacts;
  readonly histogram: string;
  readonly target: string;
  readonly alive: string;
  /** Labels of a route and a code. */
  readonly request: (route: string, code: string) => string;
  readonly probe: string;
}

const scraped = 'namespace="prod",job="shop",pod="a"';
const otel = (route: string, code: string): string =>
  `http_request_method="GET",http_route="${route}",http_response_status_code="${code}"`;
const half = { availability: 99.9, latency: { percent: 99, seconds: 0.5 } };

const WRITTEN: Readonly<Record<string, Written>> = {
  "opentelemetry-node": {
    facts: {
      ...sampleFacts,
      preset: "opentelemetry-node",
      buckets: presets["opentelemetry-node"].buckets,
      slo: half,
    },
    histogram: "http_server_request_duration",
    target: scraped,
    alive: "up",
    request: otel,
    probe: "/health/readiness",
  },
  "opentelemetry-otlp": {
    facts: {
      ...sampleFacts,
      preset: "opentelemetry-otlp",
      buckets: presets["opentelemetry-otlp"].buckets,
      slo: half,
    },
    histogram: "http_server_request_duration_seconds",
    target: 'k8s_namespace_name="prod",job="shop",k8s_pod_name="a",instance="a"',
    alive: "target_info",
    request: otel,
    probe: "/health/readiness",
  },
  micrometer: {
    facts: { ...sampleFacts, preset: "micrometer", buckets: [0.5], slo: half },
    histogram: "http_server_requests_seconds",
    target: scraped,
    alive: "up",
    request: (uri, status) =>
      `error="none",exception="none",method="GET",outcome="${status.startsWith("5") ? "SERVER_ERROR" : "SUCCESS"}",status="${status}",uri="${uri}"`,
    probe: "/health/**",
  },
};

/** Requests a minute of a route and code, all of them within half a second or none. */
function requests(
  { histogram, target, request }: Written,
  route: string,
  code: string,
  perMinute: number,
  slow = false,
): RuleCase["series"] {
  const labels = `${target},${request(route, code)}`;
  const values = `0+${perMinute}x40`;
  return {
    [`${histogram}_count{${labels}}`]: values,
    [`${histogram}_bucket{${labels},le="0.5"}`]: slow ? "0x40" : values,
    [`${histogram}_bucket{${labels},le="+Inf"}`]: values,
  };
}

for (const [name, written] of Object.entries(WRITTEN)) {
  describe(`the rules of the preset ${name}`, function () {
    this.timeout(30_000);
    const rules = serviceRules(written.facts);
    const page = (slo: string) =>
      firing(`severity="critical",slo="${slo}",service="shop",namespace="prod"`);
    beforeEach(function () {
      externalTool(this, "promtool");
    });

    it("are rules to Prometheus", () => {
      checkRules(rules);
    });

    it("page where clients get a 5xx, and for availability alone", () => {
      testRules(rules, {
        series: {
          ...requests(written, "/items/{id}", "200", 750),
          ...requests(written, "/items/{id}", "500", 250),
        },
        expectations: [
          { minute: 30, expr: `count(${page("availability")} > 0)`, value: 1 },
          { minute: 30, expr: page("latency"), value: undefined },
          {
            minute: 30,
            expr: 'sum(slo:sli_error:ratio_rate5m{slo="availability",service="shop"})',
            value: 0.25,
          },
        ],
      });
    });

    it("page where clients wait, and for latency alone", () => {
      testRules(rules, {
        series: {
          ...requests(written, "/items/{id}", "200", 500),
          ...requests(written, "/slow", "200", 500, true),
        },
        expectations: [
          { minute: 30, expr: `count(${page("latency")} > 0)`, value: 1 },
          { minute: 30, expr: page("availability"), value: undefined },
        ],
      });
    });

    it("do not count what only the cluster asks", () => {
      testRules(rules, {
        series: {
          ...requests(written, "/items/{id}", "200", 60),
          ...requests(written, written.probe, "503", 600, true),
          ...requests(written, "/metrics", "500", 600, true),
        },
        expectations: [
          { minute: 30, expr: firing('alertname=~".*BudgetBurn"'), value: undefined },
          { minute: 30, expr: 'sum(service:requests:rate5m{service="shop"})', value: 1 },
          { minute: 30, expr: 'sum(service:server_errors:ratio_rate5m{service="shop"})', value: 0 },
        ],
      });
    });

    it("record what the fleet's dashboard shows", () => {
      const alive = `${written.alive}{${written.target}}`;
      testRules(rules, {
        series: {
          ...requests(written, "/items/{id}", "200", 54),
          ...requests(written, "/items/{id}", "502", 6),
          [alive]: "1x40",
          [alive.replace('"a"', '"b"').replace('="a"', '="b"')]: "1x40",
        },
        expectations: [
          { minute: 30, expr: 'sum(service:requests:rate5m{namespace="prod"})', value: 1 },
          { minute: 30, expr: "sum(service:server_errors:ratio_rate5m)", value: 0.1 },
          { minute: 30, expr: "sum(service:pods:count)", value: 2 },
          { minute: 30, expr: "sum(service:request_duration_seconds:p99_rate5m)", value: 0.495 },
        ],
      });
    });

    it("wake somebody up where no pod's metrics arrive", () => {
      const alive = `${written.alive}{${written.target}}`;
      const absent = firing('alertname="ServiceTargetAbsent",service="shop"');
      testRules(rules, {
        series: { [alive]: "1x9 stale" },
        expectations: [
          { minute: 9, expr: absent, value: undefined },
          { minute: 25, expr: absent, value: 1 },
        ],
      });
    });
  });
}

describe("the rules of the preset nginx", () => {
  const { slo, ...withoutObjectives } = sampleFacts;
  const rules = serviceRules({ ...withoutObjectives, preset: "nginx", buckets: [] });

  it("record its traffic and pods for the fleet, and judge nothing", function () {
    externalTool(this, "promtool");
    assert.ok(slo);
    checkRules(rules);
    testRules(rules, {
      series: {
        [`nginx_http_requests_total{${scraped}}`]: "0+120x40",
        [`up{${scraped}}`]: "1x40",
      },
      expectations: [
        { minute: 30, expr: 'sum(service:requests:rate5m{service="shop"})', value: 2 },
        { minute: 30, expr: "sum(service:pods:count)", value: 1 },
        { minute: 30, expr: 'count({__name__=~"slo:.*"})', value: undefined },
      ],
    });
  });
});

describe("the rules of the event loop, where only its busy time is known", () => {
  it("fire when a pod has no time left", function () {
    externalTool(this, "promtool");
    const rules = serviceRules({ ...sampleFacts, preset: "opentelemetry-node" });
    const busy = (seconds: number) => ({
      [`nodejs_eventloop_time_total{${scraped},nodejs_eventloop_state="active"}`]: `0+${seconds}x40`,
    });
    const saturated = firing('alertname="ServiceEventLoopSaturated"');
    const expect = (value: number | undefined) => [{ minute: 30, expr: saturated, value }];
    testRules(rules, { series: busy(59), expectations: expect(1) });
    testRules(rules, { series: busy(50), expectations: expect(undefined) });
  });
});
