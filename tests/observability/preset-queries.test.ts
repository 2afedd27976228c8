import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { serviceRules } from "../../observability/alerts/service-rules";
import { serviceDashboard } from "../../observability/dashboards/service-dashboard";
import { PERCENTILES_HISTOGRAM } from "../../observability/presets/micrometer";
import { type PresetName, presets } from "../../observability/presets/presets";
import type { ServiceFacts } from "../../observability/service-facts";
import { queriesOf } from "../../verification/proof/panels";
import { sampleFacts } from "../support/sample-facts";
import { ROOT } from "../support/simulated";

/** Rewrites the snapshots: UPDATE_SNAPSHOTS=1 npm test */
const UPDATE = process.env.UPDATE_SNAPSHOTS !== undefined;
const { slo, ...WITHOUT_OBJECTIVES } = sampleFacts;

function factsOf(preset: PresetName): ServiceFacts {
  const buckets = preset === "micrometer" ? PERCENTILES_HISTOGRAM : presets[preset].buckets;
  const facts = { ...WITHOUT_OBJECTIVES, preset, buckets };
  if (!slo || !presets[preset].requests) return facts;
  const seconds = buckets.find((bound) => bound >= 0.2) ?? 0;
  return { ...facts, slo: { ...slo, latency: { percent: 99, seconds } } };
}

/** Everything that Prometheus is asked for a service, a line each. */
function queries(facts: ServiceFacts): string[] {
  const rules = serviceRules(facts).groups.flatMap((group) => group.rules);
  return [
    ...queriesOf(serviceDashboard(facts)).map(({ panel, expr }) => `${panel}: ${expr}`),
    ...rules.map((rule) => `${"alert" in rule ? rule.alert : rule.record}: ${rule.expr}`),
  ].map((line) => line.replaceAll("\n", " "));
}

describe("the queries of each preset", () => {
  for (const name of Object.keys(presets) as PresetName[]) {
    it(`are those of the snapshot: ${name}`, () => {
      const file = path.join(ROOT, "tests", "snapshots", "presets", `${name}.txt`);
      const text = `${queries(factsOf(name)).join("\n")}\n`;
      if (UPDATE) writeFileSync(file, text);
      assert.equal(
        text,
        readFileSync(file, "utf8"),
        `${file} differs; UPDATE_SNAPSHOTS=1 npm test`,
      );
    });
  }
});
