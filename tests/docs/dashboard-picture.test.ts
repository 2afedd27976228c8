import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import { dashboardPicture } from "../../docs/pictures/dashboard-picture";
import { keptAnswers } from "../../docs/pictures/generate";
import { scaleOf, written } from "../../docs/pictures/unit";
import type { DashboardAnswers } from "../../verification/proof/dashboard-answers";

type Panel = DashboardAnswers["panels"][number];
type Series = Panel["queries"][number]["series"][number];

const place = { x: 0, y: 0, w: 8, h: 8 };
const answers: DashboardAnswers = {
  title: "orders",
  date: "2026-01-02",
  versions: { Prometheus: "3.16.0" },
  seconds: 120,
  step: 5,
  panels: [],
};

/** A picture of one panel with one query. */
function pictureOf(panel: Partial<Panel>, expr = "up", series: readonly Series[] = []): string {
  const queries = [{ expr, legend: "", instant: false, series }];
  const base = { title: "Panel", kind: "timeseries", place, unit: "s", colours: [], queries };
  return dashboardPicture({ ...answers, panels: [{ ...base, ...panel }] });
}

const series = (name: string, at: number[], values: number[]): Series => ({ name, at, values });
const texts = (svg: string): string[] =>
  [...parseHTML(svg).document.querySelectorAll("text")].map(({ textContent }) =>
    textContent.trim(),
  );
const lines = (svg: string): (string | null)[] =>
  [...parseHTML(svg).document.querySelectorAll('g[stroke-linecap="round"] path')].map((path) =>
    path.getAttribute("d"),
  );

describe("A dashboard's picture", () => {
  it("says what it is: a preview, of when, and of which panels", () => {
    const svg = pictureOf({ title: "Requests & more" });
    const { document } = parseHTML(svg);
    const root = document.querySelector("svg");
    assert.equal(root?.getAttribute("role"), "img");
    assert.equal(root.getAttribute("aria-labelledby"), "title description");
    assert.equal(document.querySelector("#title")?.textContent, "Dashboard of orders");
    assert.equal(document.querySelector("#description")?.textContent, "1 panels: Requests & more.");
    assert.ok(texts(svg).some((text) => /^A preview, not Grafana: .* on 2026-01-02/.test(text)));
  });

  it("has every panel that was asked, and no number that is none", () => {
    const kept = keptAnswers();
    const svg = dashboardPicture(kept);
    assert.doesNotMatch(svg, /NaN|undefined|Infinity|\[object/);
    const shown = texts(svg);
    for (const { title } of kept.panels) assert.ok(shown.includes(title), title);
  });

  it("has a line for each series, with its name and last value in the axis' unit", () => {
    const svg = pictureOf({}, "up", [
      series("fast", [0, 5], [0.001, 0.002]),
      series("slow", [0, 5], [1, 2]),
    ]);
    assert.equal(lines(svg).length, 2);
    const shown = texts(svg);
    for (const text of ["fast: 2 ms", "slow: 2 s", "0 s", "1:00"]) assert.ok(shown.includes(text));
  });

  it("breaks a line where there was no value", () => {
    const path = (at: number[]) => lines(pictureOf({}, "up", [series("a", at, [1, 2, 3, 4])]))[0];
    const parts = (at: number[]) => path(at)?.split("M").length;
    assert.equal(parts([0, 5, 10, 15]), 2);
    assert.equal(parts([0, 5, 50, 55]), 3);
  });

  it("shows one value on the colour that Grafana would give to it", () => {
    const colours = [
      { from: null, colour: "red" },
      { from: 0, colour: "orange" },
      { from: 0.25, colour: "green" },
    ];
    const colourOf = (value: number): string => {
      const svg = pictureOf({ kind: "stat", unit: "percentunit", colours }, "up", [
        series("left", [120], [value]),
      ]);
      assert.ok(texts(svg).includes(`${value * 100} %`));
      return /<rect class="(red|orange|green)"/.exec(svg)?.[1] ?? "none";
    };
    assert.deepEqual([-2, 0, 0.25, 0.5].map(colourOf), ["red", "orange", "green", "green"]);
  });

  it("shows between two bounds what is above one and not above the next", () => {
    const svg = pictureOf({ kind: "heatmap" }, "up", [
      series("+Inf", [60], [10]),
      series("0.1", [60], [4]),
      series("0.5", [60], [10]),
    ]);
    const cells = [...svg.matchAll(/fill-opacity="([\d.]+)"/g)].map(([, opacity]) => opacity);
    assert.deepEqual(cells, ["0.67", "1"]);
    assert.ok(texts(svg).includes("full colour: 6 req/s"));
  });

  it("says why a panel is empty", () => {
    assert.ok(
      texts(pictureOf({}, "kube_pod_info")).includes("The proof runs no kube-state-metrics"),
    );
    assert.ok(texts(pictureOf({}, "up")).includes("No value in this time"));
  });

  it("is refused where a panel is of a kind or unit that it cannot draw, with the file to mend", () => {
    assert.throws(
      () => pictureOf({ kind: "piechart" }),
      /got piechart in Panel.*dashboard-panel\.ts/,
    );
    const odd = () => pictureOf({ unit: "furlongs" }, "up", [series("a", [0], [1])]);
    assert.throws(odd, /got furlongs\. Fix: .*unit\.ts/);
  });
});

describe("A number in a unit", () => {
  for (const [unit, value, text] of [
    ["percentunit", 0.12345, "12.3 %"],
    ["percentunit", -24.15, "-2,420 %"],
    ["s", 0.25, "250 ms"],
    ["s", 1.5, "1.5 s"],
    ["s", 0, "0 s"],
    ["bytes", 3 * 2 ** 20, "3 MiB"],
    ["reqps", 12.34, "12.3 req/s"],
    ["short", 1250, "1,250"],
  ] as const) {
    it(`is ${text}, of ${value} ${unit}`, () => {
      assert.equal(written(value, scaleOf(unit, value)), text);
    });
  }
});
