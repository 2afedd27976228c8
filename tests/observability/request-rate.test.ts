import assert from "node:assert/strict";
import { type PresetName, presets } from "../../observability/presets/presets";
import { requestRate } from "../../observability/request-rate";
import type { ServiceFacts } from "../../observability/service-facts";
import { syntaxError } from "../../verification/proof/promql";
import { externalTool } from "../support/external-tool";
import { testRules } from "../support/promtool";
import { sampleFacts } from "../support/sample-facts";

const shop = (pod: string, more = "") => `{namespace="prod",job="shop",pod="${pod}"${more}}`;
const requests = (pod: string, route: string) =>
  `http_request_duration_seconds_count${shop(pod, `,route="${route}",code="2xx"`)}`;
const UP = { [`up${shop("a")}`]: "1x10", [`up${shop("b")}`]: "1x10" };

/** What Prometheus answers after 8 minutes of these series. */
function answers(series: Record<string, string>, value: number | undefined): void {
  const expr = requestRate(sampleFacts);
  testRules({ groups: [] }, { series, expectations: [{ minute: 8, expr, value }] });
}

describe("the requests per second that a service is scaled on", () => {
  before(function () {
    externalTool(this, "promtool");
  });

  it("are those of all pods and routes, without probes and scrapes, and without other services", () => {
    answers(
      {
        ...UP,
        [requests("a", "/tasks")]: "0+600x10",
        [requests("b", "/tasks")]: "0+300x10",
        [requests("b", "/tasks/{id}")]: "0+60x10",
        [requests("a", "/health/readiness")]: "0+6000x10",
        [requests("a", "/metrics")]: "0+6000x10",
        ['http_request_duration_seconds_count{namespace="prod",job="other",route="/"}']: "0+60x10",
      },
      16,
    );
  });

  it("are 0 before the first request, while a pod's metrics arrive", () => {
    answers(UP, 0);
  });

  it("are not known, and not 0, while no pod's metrics arrive", () => {
    answers({ [`up${shop("a")}`]: "0x10" }, undefined);
    answers({}, undefined);
  });

  for (const preset of Object.keys(presets) as PresetName[]) {
    it(`are one query for the preset ${preset}`, () => {
      const query = requestRate({ ...sampleFacts, preset } satisfies ServiceFacts);
      assert.equal(syntaxError(query), undefined);
      assert.ok(query.startsWith("sum(rate("));
    });
  }
});
