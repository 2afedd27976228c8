import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import {
  BURN_WINDOWS,
  objectives,
  retentionProblem,
  SLO_PERIOD_DAYS,
  type Slo,
  WINDOW_SECONDS,
} from "../../observability/slo/objectives";
import { presets } from "../../observability/presets/presets";
import { missing } from "../support/external-tool";

const SERVICE = "services/task-service";
const DEFAULT_BUCKETS = presets.middleware.buckets;

describe("the objectives of a service", () => {
  it("become a ratio and a budget without floating-point dust", () => {
    assert.deepEqual(
      objectives(
        "shop",
        { availability: 99.9, latency: { percent: 99, seconds: 0.25 } },
        DEFAULT_BUCKETS,
      ),
      [
        { slo: "availability", ratio: 0.999, budget: 0.001 },
        { slo: "latency", ratio: 0.99, budget: 0.01, seconds: 0.25 },
      ],
    );
  });

  it("may be one alone", () => {
    assert.deepEqual(
      objectives("shop", { availability: 99.95 }, []).map(({ slo, budget }) => [slo, budget]),
      [["availability", 0.0005]],
    );
  });

  it("must be one at least", () => {
    refused({}, /shop: slo must have availability, latency or both; got neither\. Fix: /);
  });

  it("cannot be 100 percent or more", () => {
    refused(
      { availability: 100 },
      /slo\.availability must be .*leaves no error budget.*; got 100\./,
    );
  });

  it("cannot be so low that the fastest burn is no possible ratio", () => {
    refused({ availability: 93 }, /slo\.availability must be a percentage from 93\.1 .*; got 93\./);
    assert.equal(objectives("shop", { availability: 93.1 }, []).length, 1);
  });

  it("cannot be no number at all", () => {
    refused({ availability: Number.NaN }, /slo\.availability must be .*; got NaN\./);
  });

  it("name a latency that is a bucket, or get them listed", () => {
    refused(
      { latency: { percent: 99, seconds: 0.26 } },
      /slo\.latency\.seconds must be .*buckets: 0\.001, 0\.005, .*, 9\.5; got 0\.26\. Fix: set it to 0\.3/,
    );
  });

  it("refuse a latency that is a whole number, with the reason", () => {
    assert.throws(
      () => objectives("shop", { latency: { percent: 99, seconds: 1 } }, [0.5, 1, 2.5]),
      /must be a bucket that is not a whole number: 0\.5, 2\.5 \(Prometheus 3 stores le="1" as le="1\.0".*; got 1\./,
    );
  });

  it("report everything that is wrong at once", () => {
    refused(
      { availability: 101, latency: { percent: 0.99, seconds: 7 } },
      /slo\.availability.*slo\.latency\.percent.*slo\.latency\.seconds/,
    );
  });
});

describe("the windows of the burn-rate alerts", () => {
  it("spend 2, 5, 10 and 10 percent of the period's budget", () => {
    const spent = BURN_WINDOWS.map(
      ({ factor, long }) => (factor * WINDOW_SECONDS[long]) / (SLO_PERIOD_DAYS * 86_400),
    );
    assert.deepEqual(
      spent.map((share) => Number(share.toFixed(3))),
      [0.02, 0.05, 0.1, 0.1],
    );
  });

  it("have a short one of a twelfth of the long one", () => {
    for (const { long, short } of BURN_WINDOWS) {
      assert.equal(WINDOW_SECONDS[long] / WINDOW_SECONDS[short], 12, long);
    }
  });
});

describe("the retention of Prometheus", () => {
  it("suffices from a day more than the objectives' window", () => {
    assert.equal(retentionProblem(SLO_PERIOD_DAYS + 1), undefined);
  });

  it("is named together with the window where it is too short", () => {
    assert.match(
      retentionProblem(10) ?? "",
      /^retentionDays must be 31 or more, .*slo .*30 days; got 10\. Fix: /,
    );
    assert.notEqual(retentionProblem(SLO_PERIOD_DAYS), undefined);
  });
});

describe("the default buckets", () => {
  it("are those of task-service's middleware", function () {
    const runner = `${SERVICE}/node_modules/.bin/tsx`;
    if (!existsSync(runner)) missing(this, `${SERVICE}/node_modules is not installed`);
    const script =
      'import { httpDurationBuckets } from "./src/skeleton/http-metrics.ts"; console.log(JSON.stringify(httpDurationBuckets))';
    const { stdout, stderr } = spawnSync("node_modules/.bin/tsx", ["-e", script], {
      cwd: SERVICE,
      encoding: "utf8",
    });
    assert.notEqual(stdout, "", stderr);
    assert.deepEqual(DEFAULT_BUCKETS, JSON.parse(stdout));
  });

  it("hold no whole number, and neither do the library's", () => {
    const bounds = [presets.middleware, presets["prometheus-api-metrics"]].flatMap(
      ({ buckets }) => buckets,
    );
    const whole = bounds.filter((bound) => Number.isInteger(bound));
    assert.deepEqual(whole, []);
  });
});

function refused(slo: Slo, message: RegExp): void {
  assert.throws(() => objectives("shop", slo, DEFAULT_BUCKETS), message);
}
