import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { recordStack } from "../../simulation/record-stack";
import { deployedService } from "../../verification/deployed";
import { type Firing, firingsIn, held } from "../../verification/lab/firing";
import { withMatcher, withoutRecords } from "../../verification/lab/expressions";
import { History } from "../../verification/lab/history";
import { INCIDENTS } from "../../verification/lab/incidents";
import { BUDGETS } from "../../verification/lab/outcome";
import { PAGE, pageWith, recorded } from "../../verification/lab/page";
import { type Play, play } from "../../verification/lab/play";
import { findLabPrograms, type LabPrograms } from "../../verification/lab/programs";
import { firingsByPromtool } from "../../verification/lab/promtool-firings";
import { sampleOf } from "../../verification/lab/report";
import { versionOf } from "../../verification/proof/programs";
import { type Rules, ruleSet, SERVICE } from "../../verification/lab/rule-sets";
import { externalTool, notAsked } from "../support/external-tool";

/** Played by promtool too: a fast burn, a page without one, and an alert that is not of an objective. */
const BY_PROMTOOL = ["bad-deploy-20", "target-gone", "event-loop-saturated"];

describe("the incident lab", function () {
  this.timeout(120_000);

  let rules: Rules;
  before(async () => {
    rules = deployedService(await recordStack("prod"), SERVICE).rules;
  });

  it("finds with seed 1 what docs/alerting.md was made from", async function () {
    const programs = programsFor(this);
    // Prometheus 2 reads a range with its beginning, so that some alerts fire an evaluation later.
    if (versionOf(programs.prometheus).startsWith("2.")) notAsked(this, "Prometheus 3");
    const plays = INCIDENTS.map((incident) => play(incident, 1));
    const found = await firingsOf(programs, rules, plays);
    assert.deepEqual(
      Object.fromEntries([...found].map(([name, firings]) => [name, sampleOf(firings)])),
      recorded().sample,
      "alerts fire at other times. Fix: npm run lab -- --chart FOLDER --write, and look at what got worse",
    );
  });

  it("agrees with promtool on three incidents", async function () {
    const programs = programsFor(this);
    // Less than the usual time before: promtool runs every rule at every evaluation. Pages end 45 minutes after.
    const plays = INCIDENTS.filter(({ name }) => BY_PROMTOOL.includes(name)).map((incident) =>
      play({ ...incident, before: 30, after: 50 }, 1),
    );
    assert.equal(plays.length, BY_PROMTOOL.length);
    const found = await firingsOf(programs, rules, plays);
    for (const { incident, samples } of plays) {
      const byPromtool = await firingsByPromtool(programs, rules, samples);
      assert.ok(byPromtool.length > 0, incident.name);
      assert.deepEqual(sampleOf(found.get(incident.name) ?? []), sampleOf(byPromtool));
    }
  });

  it("shows on its page what was recorded", async () => {
    const text = readFileSync(PAGE, "utf8");
    assert.equal(await pageWith(recorded(), text), text);
  });

  it("counts the budgets that the service has", () => {
    for (const [slo, budget] of Object.entries(BUDGETS)) {
      const record = ruleSet(rules.groups).records.find(
        (rule) => rule.record === "slo:error_budget:ratio" && rule.labels.slo === slo,
      );
      assert.equal(record?.expr, `vector(${budget})`);
    }
  });

  it("draws the same samples with the same seed, and others with another", () => {
    const [incident] = INCIDENTS;
    assert.ok(incident);
    assert.deepEqual(play(incident, 1).samples, play(incident, 1).samples);
    assert.notDeepEqual(play(incident, 1).samples, play(incident, 2).samples);
  });

  it("applies for and keep_firing_for as Prometheus does", () => {
    const hold = { hold: 2, keep: 0 };
    assert.deepEqual(held([3, 4, 5, 6, 9, 10], hold, 20), [{ from: 5, to: 7 }]);
    assert.deepEqual(held([17, 18, 19], hold, 20), [{ from: 19 }]);
    assert.deepEqual(held([1, 2], hold, 20), []);
    const kept = { hold: 0, keep: 2 };
    assert.deepEqual(held([3, 4, 7, 12], kept, 20), [
      { from: 3, to: 10 },
      { from: 12, to: 15 },
    ]);
  });

  it("puts what is recorded in the place of a record, a range of it as a subquery", () => {
    const labels = { slo: "latency" };
    const records = [
      { record: "a:b", expr: "sum(rate(c[5m]))", labels },
      { record: "a:b", expr: "d", labels: { slo: "other" } },
    ];
    assert.equal(
      withoutRecords('avg_over_time(a:b{slo="latency"}[1h]) > a:b{slo="latency"}', records),
      "avg_over_time((sum(rate(c[5m])))[1h:30s]) > (sum(rate(c[5m])))",
    );
    assert.equal(
      withMatcher('up + a{b="1"}[5m]', 'play="7"'),
      'up{play="7"} + a{b="1",play="7"}[5m]',
    );
  });
});

async function firingsOf(
  programs: LabPrograms,
  rules: Rules,
  plays: readonly Play[],
): Promise<Map<string, Firing[]>> {
  const named = Object.fromEntries(plays.map(({ incident, samples }) => [incident.name, samples]));
  const history = await History.of(programs, named);
  try {
    return await firingsIn(history, ruleSet(rules.groups), named);
  } finally {
    await history.close();
  }
}

function programsFor(test: Mocha.Context): LabPrograms {
  externalTool(test, "promtool");
  externalTool(test, "prometheus");
  const programs = findLabPrograms();
  if ("missing" in programs) assert.fail(programs.missing);
  return programs;
}
