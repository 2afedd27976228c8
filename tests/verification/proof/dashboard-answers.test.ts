import assert from "node:assert/strict";
import { serviceDashboard } from "../../../observability/dashboards/service-dashboard";
import { askDashboard } from "../../../verification/proof/dashboard-answers";
import {
  type LabelledValue,
  PrometheusApi,
  type RangeSeries,
} from "../../../verification/proof/prometheus-api";
import { ANY } from "../../../verification/proof/promql";
import { sampleFacts } from "../../support/sample-facts";

const span = { start: 1000, end: 1020 };

/** Two pods, the later name first, with a gap. */
class TwoPods extends PrometheusApi {
  readonly asked: string[] = [];

  override range(expr: string): Promise<RangeSeries[]> {
    this.asked.push(expr);
    const first = [1000, "0.123456"] as const;
    return Promise.resolve([
      { metric: { pod: "b" }, values: [first, [1005, "NaN"], [1010, "+Inf"], [1015, "20"]] },
      { metric: { pod: "a" }, values: [first] },
    ]);
  }

  override labelledValues(expr: string, at?: number): Promise<LabelledValue[]> {
    this.asked.push(expr);
    assert.equal(at, span.end);
    return Promise.resolve([{ labels: {}, value: "-3" }]);
  }
}

describe("What is kept of a dashboard's answers", () => {
  const prometheus = new TwoPods("http://unused.example.com");
  const ask = () => askDashboard(prometheus, serviceDashboard(sampleFacts), ANY, span);
  const panel = async (title: string) => {
    const found = (await ask()).panels.find((each) => each.title === title);
    assert.ok(found, title);
    return found;
  };

  it("are numbers with the time since the begin, in the order of names", async () => {
    const { queries, unit } = await panel("Memory against the limit");
    assert.equal(unit, "percentunit");
    assert.deepEqual(queries[0]?.series, [
      { name: "a", at: [0], values: [0.1235] },
      { name: "b", at: [0, 15], values: [0.1235, 20] },
    ]);
  });

  it("are one value where the panel shows one", async () => {
    const { queries, colours } = await panel("Availability: budget left");
    assert.deepEqual(queries[0]?.series, [{ name: "budget left", at: [20], values: [-3] }]);
    assert.deepEqual(colours[0], { from: null, colour: "red" });
  });

  it("have their date and their length", async () => {
    const { title, date, seconds } = await ask();
    assert.deepEqual([title, date, seconds], ["shop", "1970-01-01", 20]);
  });

  it("leave no variable to Prometheus", async () => {
    await ask();
    assert.ok(prometheus.asked.length > 0);
    assert.deepEqual(
      prometheus.asked.filter((expr) => expr.includes("$")),
      [],
    );
  });
});
