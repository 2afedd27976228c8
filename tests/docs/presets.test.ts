import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { markdownTable } from "markdown-table";
import { alertGroup } from "../../observability/alerts/service-alerts";
import { serviceDashboard } from "../../observability/dashboards/service-dashboard";
import { PERCENTILES_HISTOGRAM } from "../../observability/presets/micrometer";
import { type PresetName, presets } from "../../observability/presets/presets";
import type { ServiceFacts } from "../../observability/service-facts";
import { serviceObjectives } from "../../observability/slo/service-objectives";
import { panelsOf } from "../../verification/proof/panels";
import { sampleFacts } from "../support/sample-facts";
import { ROOT } from "../support/simulated";

const PAGE = readFileSync(path.join(ROOT, "docs/presets.md"), "utf8");
const NAMES = Object.keys(presets) as PresetName[];
const { slo, ...WITHOUT_OBJECTIVES } = sampleFacts;

/** What a service of the preset gets: titles of panels, names of alerts, objectives that it may have. */
function given(preset: PresetName, buckets: readonly number[]): Set<string> {
  const facts: ServiceFacts = { ...WITHOUT_OBJECTIVES, preset, buckets };
  const seconds = buckets.find((bound) => !Number.isInteger(bound)) ?? 0.1;
  const may = (objectives: NonNullable<ServiceFacts["slo"]>): boolean => {
    try {
      return serviceObjectives({ ...facts, slo: objectives }).length > 0;
    } catch {
      return false;
    }
  };
  return new Set([
    ...panelsOf(serviceDashboard(facts)).map(({ title = "" }) => title),
    ...alertGroup(facts).rules.flatMap((rule) => ("alert" in rule ? [`\`${rule.alert}\``] : [])),
    ...(may({ availability: 99.9 }) ? ["objective: availability"] : []),
    ...(may({ latency: { percent: 99, seconds } }) ? ["objective: latency"] : []),
  ]);
}

function expectedTable(): string {
  const plain = NAMES.map((name) => given(name, presets[name].buckets));
  const most = NAMES.map((name) =>
    given(name, name === "micrometer" ? PERCENTILES_HISTOGRAM : presets[name].buckets),
  );
  const rows = [...new Set(most.flatMap((things) => [...things]))];
  const cell = (row: string, column: number): string => {
    if (plain[column]?.has(row)) return "yes";
    return most[column]?.has(row) ? "with buckets" : "";
  };
  return markdownTable([
    ["", ...NAMES.map((name) => `\`${name}\``)],
    ...rows.map((row) => [row, ...NAMES.map((_, column) => cell(row, column))]),
  ]);
}

/** Prettier decides about the width of columns. */
const cellsOf = (table: string): string[][] =>
  table.split("\n").map((line) => line.split("|").map((cell) => cell.trim().replace(/-+/, "-")));

describe("docs/presets.md", () => {
  it("says what each preset gives, as the code does", () => {
    assert.ok(slo);
    const expected = expectedTable();
    const [table = ""] = /^\| +\| `middleware`[^]*?(?=\n\n)/m.exec(PAGE) ?? [];
    assert.deepEqual(cellsOf(table), cellsOf(expected), `the table has to be:\n${expected}\n`);
  });

  it("has a section for every preset", () => {
    for (const name of NAMES) assert.match(PAGE, new RegExp(`^## .*\`${name}\``, "m"), name);
  });

  it("shows the settings that the tests of the presets run with", () => {
    const folder = path.join(ROOT, "tests/observability/presets");
    for (const file of ["spring-boot/application.properties", "nginx.conf"]) {
      assert.ok(PAGE.includes(readFileSync(path.join(folder, file), "utf8").trim()), file);
    }
    assert.ok(PAGE.includes("promoteResourceAttributes: [k8s.namespace.name, k8s.pod.name]"));
  });
});
