import assert from "node:assert/strict";

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface MetricFamily {
  readonly type: string;
  readonly help: string;
  readonly samples: Sample[];
}

/**
 * Parses the Prometheus text format 0.0.4, and fails on anything that is not in it: a line it
 * cannot read, a family declared twice, a sample outside its family, the same series twice.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function parseMetrics(text: string): Map<string, MetricFamily> {
  assert.ok(text.endsWith("\n"), "the last line ends with a line feed");
  const families = new Map<string, MetricFamily>();
  const helps = new Map<string, string>();
  const seen = new Set<string>();
  let current: { name: string; family: MetricFamily } | undefined;

  for (const line of text.split("\n").filter((line) => line !== "")) {
    const comment = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line);
    if (comment !== null) {
      const [, kind = "", name = "", rest = ""] = comment;
      if (kind === "HELP") {
        helps.set(name, rest);
        continue;
      }
      assert.ok(!families.has(name), `${name} is declared twice`);
      assert.match(rest, /^(counter|gauge|histogram|summary|untyped)$/);
      current = { name, family: { type: rest, help: helps.get(name) ?? "", samples: [] } };
      families.set(name, current.family);
      continue;
    }
    const sample = parseSample(line);
    assert.ok(current !== undefined, `no family before ${line}`);
    const allowed = suffixes[current.family.type] ?? [""];
    const { name } = current;
    assert.ok(
      allowed.some((suffix) => sample.name === name + suffix),
      `${sample.name} stands under ${name}`,
    );
    const series = line.slice(0, line.lastIndexOf(" "));
    assert.ok(!seen.has(series), `${series} appears twice`);
    seen.add(series);
    current.family.samples.push(sample);
  }
  return families;
}

/** The one value of a series; undefined when there is none. */
export function valueOf(
  families: ReadonlyMap<string, MetricFamily>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ""));
  const found = family?.samples.filter(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  assert.ok((found?.length ?? 0) <= 1, `${name} with ${JSON.stringify(labels)} is not one series`);
  return found?.[0]?.value;
}

/** What a scrape of a service answers, parsed. */
export async function scrape(url: string): Promise<Map<string, MetricFamily>> {
  const response = await fetch(`${url}/metrics`);
  assert.equal(response.status, 200);
  return parseMetrics(await response.text());
}

const suffixes: Partial<Record<string, readonly string[]>> = {
  histogram: ["_bucket", "_sum", "_count"],
  summary: ["", "_sum", "_count"],
};

function parseSample(line: string): Sample {
  const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
  assert.ok(match !== null, `not a sample: ${line}`);
  const [, name = "", labelText = "", valueText = ""] = match;
  const labels: Record<string, string> = {};
  const pair = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\.)*)"(?:,|$)/gy;
  while (pair.lastIndex < labelText.length) {
    const found = pair.exec(labelText);
    assert.ok(found !== null, `not labels: ${labelText}`);
    labels[found[1] ?? ""] = found[2] ?? "";
  }
  // Go's ParseFloat, which reads this for Prometheus, does not mind case; the client prints "Nan".
  const special: Record<string, number> = { "+inf": Infinity, "-inf": -Infinity, nan: Number.NaN };
  const value = special[valueText.toLowerCase()] ?? Number(valueText);
  assert.ok(
    valueText.toLowerCase() in special || Number.isFinite(value),
    `not a value: ${valueText}`,
  );
  return { name, labels, value };
}
