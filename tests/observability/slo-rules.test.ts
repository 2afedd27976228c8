import assert from "node:assert/strict";
import { sloRuleGroups } from "../../observability/slo/slo-rules";
import { BURN_TIMES, BURN_WINDOWS, WINDOW_SECONDS } from "../../observability/slo/objectives";
import { recordStack } from "../../simulation/record-stack";
import { type DeployedService, deployedService } from "../../verification/deployed";
import { deployedLibraryService } from "../../verification/proof/library-service";
import { externalTool } from "../support/external-tool";
import { sampleFacts } from "../support/sample-facts";
import { checkRules, firing, testRules } from "../support/promtool";

let rules: DeployedService["rules"];
let libraryRules: DeployedService["rules"];
const labels = 'namespace="prod",job="task-service",method="GET",route="/api/tasks"';
const PER_MINUTE = 600;
const availability = 'slo="availability"';
const latency = 'slo="latency"';

describe("the rules of a service's objectives", function () {
  // promtool plays hours of samples.
  this.timeout(30_000);

  before(async () => {
    rules = deployedService(await recordStack("prod"), "task-service").rules;
    libraryRules = (await deployedLibraryService()).rules;
  });

  beforeEach(function () {
    externalTool(this, "promtool");
  });

  it("are rules to Prometheus, whatever instruments the service", () => {
    checkRules(rules);
    checkRules(libraryRules);
  });

  it("name no bucket by a whole number, which Prometheus 3 stores as 1.0", () => {
    const exprs = [rules, libraryRules]
      .flatMap(({ groups }) => groups)
      .flatMap((group) => group.rules.map(({ expr }) => expr));
    const bounds = exprs.flatMap((expr) => expr.match(/le="[^"]*"/g) ?? []);
    assert.deepEqual([...new Set(bounds)].sort(), ['le="0.2"', 'le="0.25"']);
  });

  it("are none without objectives", () => {
    const { slo, ...withoutObjectives } = sampleFacts;
    assert.ok(slo);
    assert.deepEqual(sloRuleGroups(withoutObjectives), []);
  });

  it("page for a fast burn within the documented time, and not before", () => {
    const [{ factor, long } = { factor: 0, long: "1h" as const }] = BURN_WINDOWS;
    const failing = 0.1;
    const detection = ((0.001 / failing) * WINDOW_SECONDS[long] * factor) / 60;
    const onset = 70;
    const paged = 'alertname="ServiceAvailabilityBudgetBurn",severity="critical"';
    testRules(rules, {
      series: traffic({ minutes: [onset, 30], failing: [0, failing] }),
      expectations: [
        { minute: onset + Math.floor(detection), expr: firing(paged), value: undefined },
        // The alert holds for 2 minutes first; the third is the next evaluation.
        { minute: onset + Math.ceil(detection) + 3, expr: firing(paged), value: 1 },
      ],
    });
  });

  it("end a page half an hour and a quarter after the errors end", () => {
    const paged = 'alertname="ServiceAvailabilityBudgetBurn",severity="critical"';
    testRules(rules, {
      series: traffic({ minutes: [20, 50], failing: [0.1, 0] }),
      expectations: [
        { minute: 20, expr: firing(paged), value: 1 },
        { minute: 58, expr: firing(paged), value: 1 },
        { minute: 67, expr: firing(paged), value: undefined },
      ],
    });
  });

  it("page once for errors that come and go", () => {
    const paged = 'alertname="ServiceAvailabilityBudgetBurn",severity="critical"';
    testRules(rules, {
      // Fast enough for the windows of an hour only: those of 6 hours would join them.
      series: traffic({
        minutes: [360, 4, 16, 4, 20],
        failing: [0, 0.3, 0, 0.3, 0],
      }),
      expectations: [365, 370, 375, 380, 385].map((minute) => ({
        minute,
        expr: firing(paged),
        value: 1,
      })),
    });
  });

  it("open a ticket for a slow burn, and wake nobody up", () => {
    testRules(rules, {
      series: traffic({ minutes: [80], failing: [0.004] }),
      expectations: [
        { minute: 75, expr: firing(`severity="warning",${availability}`), value: 1 },
        { minute: 75, expr: firing('severity="critical"'), value: undefined },
      ],
    });
  });

  it("open no ticket for what was paged, and one for what goes on slowly", () => {
    const hours = (count: number) => count * 60;
    testRules(rules, {
      series: traffic({ minutes: [30, hours(9)], failing: [0.1, 0.004] }),
      expectations: [
        { minute: 25, expr: firing(`severity="critical",${availability}`), value: 1 },
        { minute: hours(5), expr: firing('severity="warning"'), value: undefined },
        { minute: hours(9), expr: firing(`severity="warning",${availability}`), value: 1 },
      ],
    });
  });

  for (const severity of ["critical", "warning"] as const) {
    // Steady errors fill all windows alike, so that the pair with the lower factor decides.
    const factor = Math.min(
      ...BURN_WINDOWS.filter((window) => window.severity === severity).map(({ factor }) => factor),
    );
    it(`fire as ${severity} above a burn rate of ${factor}, and not below`, () => {
      const minutes = minutesOf(BURN_TIMES[severity].for) + 10;
      const alert = `severity="${severity}"`;
      const above = 1.15 * factor;
      const below = 0.9 * factor;
      testRules(rules, {
        series: traffic({ minutes: [minutes], failing: [above * 0.001], slow: [above * 0.01] }),
        expectations: [
          { minute: minutes, expr: firing(`${alert},${availability}`), value: 1 },
          { minute: minutes, expr: firing(`${alert},${latency}`), value: 1 },
        ],
      });
      testRules(rules, {
        series: traffic({ minutes: [minutes], failing: [below * 0.001], slow: [below * 0.01] }),
        expectations: [{ minute: minutes, expr: firing(alert), value: undefined }],
      });
    });
  }

  it("name every pair of windows with its burn rate", () => {
    const alerts = rules.groups.flatMap((group) => group.rules).filter((rule) => "alert" in rule);
    for (const { severity, long, short, factor } of BURN_WINDOWS) {
      const [alert] = alerts.filter(
        ({ alert: name, labels: { severity: its } }) =>
          name === "ServiceAvailabilityBudgetBurn" && its === severity,
      );
      assert.ok(alert);
      for (const window of [long, short]) {
        assert.match(
          alert.expr,
          new RegExp(`ratio_rate${window}\\{[^}]*\\} > ${factor} \\* 0\\.001`),
        );
      }
    }
  });

  it("do not fire without traffic", () => {
    testRules(rules, {
      series: traffic({ minutes: [200], perMinute: 0, failing: [0] }),
      expectations: [{ minute: 200, expr: firing(""), value: undefined }],
    });
  });

  it("do not page for the one error of a quiet service", () => {
    testRules(rules, {
      // A request every 2 minutes; one fails in minute 370.
      series: {
        [count("200")]: "0+0.5x400",
        [count("500")]: "0x369 1x30",
        ...bucketSeries("0+0.5x400"),
        [upSeries]: "1x400",
      },
      expectations: [
        { minute: 372, expr: `count(${ratio("5m")} > 0.0144)`, value: 1 },
        ...[374, 390].map((minute) => ({
          minute,
          expr: firing('severity="critical"'),
          value: undefined,
        })),
      ],
    });
  });

  it("count the first error of all", () => {
    testRules(rules, {
      series: {
        [count("200")]: `0+${PER_MINUTE}x30`,
        [count("500")]: "0x19 1x10",
        ...bucketSeries(`0+${PER_MINUTE}x30`),
      },
      expectations: [
        { minute: 18, expr: `count(${ratio("5m")} == 0)`, value: 1 },
        { minute: 22, expr: `count(${ratio("5m")} > 0)`, value: 1 },
      ],
    });
  });

  it("read a service that never failed as one without errors", () => {
    testRules(rules, {
      series: { [count("200")]: `0+${PER_MINUTE}x30`, ...bucketSeries(`0+${PER_MINUTE}x30`) },
      expectations: [
        { minute: 30, expr: `sum(${ratio("5m")})`, value: 0 },
        {
          minute: 30,
          expr: `sum(slo:period_error_budget_remaining:ratio{${availability}})`,
          value: 1,
        },
      ],
    });
  });

  it("weigh the 30 days by requests, whatever an idle time says", () => {
    // 1 % of the first hour's requests fail; two idle hours; as many requests again without a fault.
    const series = traffic({ minutes: [60, 120, 60], failing: [0.01, 0, 0], rates: [1, 0, 1] });
    testRules(rules, {
      series,
      expectations: [
        {
          minute: 240,
          // promtool runs the groups in any order, which moves one sample of 120 in or out.
          expr: `sum(abs(slo:sli_error:ratio_rate30d{${availability}} - 0.005) < bool 0.0004)`,
          value: 1,
        },
        {
          minute: 240,
          expr: `sum(abs(slo:period_error_budget_remaining:ratio{${availability}} + 4) < bool 0.4)`,
          value: 1,
        },
      ],
    });
  });

  it("say so where a scraped service gives nothing to judge", () => {
    testRules(rules, {
      series: { [upSeries]: "1x30" },
      expectations: [{ minute: 25, expr: firing('alertname="ServiceObjectiveAbsent"'), value: 2 }],
    });
  });

  it("say so where the bucket of the latency objective does not exist", () => {
    testRules(rules, {
      series: { [upSeries]: "1x30", [count("200")]: `0+${PER_MINUTE}x30` },
      expectations: [
        { minute: 25, expr: firing('alertname="ServiceObjectiveAbsent",slo="latency"'), value: 1 },
        {
          minute: 25,
          expr: firing('alertname="ServiceObjectiveAbsent",slo="availability"'),
          value: undefined,
        },
      ],
    });
  });
});

const upSeries = 'up{namespace="prod",job="task-service",pod="a"}';
const count = (code: string) => `http_request_duration_seconds_count{${labels},code="${code}"}`;
const bucket = (code: string) =>
  `http_request_duration_seconds_bucket{${labels},code="${code}",le="0.25"}`;
const bucketSeries = (values: string) => ({ [bucket("200")]: values });
const ratio = (window: string) => `slo:sli_error:ratio_rate${window}{${availability}}`;

/** Phases of steady traffic: shares that fail and that are slow, and the traffic, by phase. */
function traffic(phases: {
  minutes: number[];
  failing: number[];
  slow?: number[];
  rates?: number[];
  perMinute?: number;
}): Record<string, string> {
  const { minutes, failing, slow = [], rates = [], perMinute = PER_MINUTE } = phases;
  const steady = (share: (phase: number) => number) => {
    let reached = 0;
    return minutes
      .map((length, phase) => {
        const step = share(phase) * perMinute * (rates[phase] ?? 1);
        const values = `${reached}+${step}x${length - 1}`;
        reached += step * length;
        return values;
      })
      .join(" ");
  };
  const failed = (phase: number) => failing[phase] ?? 0;
  const fine = (phase: number) => 1 - failed(phase);
  return {
    [upSeries]: `1x${minutes.reduce((sum, length) => sum + length)}`,
    [count("200")]: steady(fine),
    [count("500")]: steady(failed),
    [bucket("200")]: steady((phase) => fine(phase) * (1 - (slow[phase] ?? 0))),
  };
}

const minutesOf = (duration: string): number =>
  Number.parseInt(duration) * (duration.endsWith("h") ? 60 : 1);
