import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { createColors } from "picocolors";
import { sampleCharges } from "../../simulation/cloud/prices";
import { writtenSamples, type WrittenSamples } from "../../simulation/cloud/series";
import { longTermStorage } from "../../simulation/long-term-storage";
import { recordStack } from "../../simulation/record-stack";
import { bill, total } from "../../simulation/bill";
import { simulate } from "../../simulation/simulate";
import { ROOT } from "../support/simulated";

const PAGE = readFileSync(path.join(ROOT, "docs", "long-term-storage.md"), "utf8");
const ON = { managedPrometheus: "true" };

async function samplesOf(config: Readonly<Record<string, string>>): Promise<WrittenSamples> {
  const { resources, cloud } = await recordStack("prod", { config });
  const pods = resources.flatMap((resource) => cloud.pods(resource, resources));
  const samples = writtenSamples({ account: cloud.account, resources, pods });
  assert.ok(samples);
  return samples;
}

const usd = (samples: number): number => total(sampleCharges("us-east-1", samples));

describe("long-term storage in the simulation", () => {
  it("costs prod less than a quarter of what unfiltered replicas would, told apart by nobody", async () => {
    const { all, written, replicas } = await samplesOf(ON);
    assert.equal(replicas, 2);
    const times = usd(all.samples * replicas) / usd(written.samples);
    assert.ok(times > 4, String(times));
  });

  it("counts a sample of each series in each scrape interval", async () => {
    const { lines, written } = await samplesOf(ON);
    const series = lines.reduce((sum, { count, used }) => sum + count * used, 0);
    assert.equal(written.series, series);
    assert.equal(written.samples, series * 730 * 120);
    const twice = await samplesOf({ ...ON, scrapeInterval: "15s" });
    assert.equal(twice.written.samples, 2 * written.samples);
    const minutes = await samplesOf({ ...ON, scrapeInterval: "2m" });
    assert.equal(minutes.written.samples, written.samples / 4);
  });

  it("has a target for each node, replica and pod", async () => {
    const { lines } = await samplesOf({ ...ON, taskServiceReplicas: "4" });
    const counts = Object.fromEntries(lines.map(({ what, count }) => [what, count]));
    assert.equal(counts["pods of services"], 4);
    assert.equal(counts.Prometheus, 2);
    assert.equal(counts["node-exporter"], counts["kubelets and cAdvisor"]);
    assert.ok((counts["node-exporter"] ?? 0) > 1);
  });

  it("counts every series where all are written", async () => {
    const { all, written } = await samplesOf({ ...ON, remoteWriteSeries: "all" });
    assert.deepEqual(written, all);
  });

  it("has the first 40 million samples for nothing, and another price after 2 billion", () => {
    assert.equal(usd(40e6), 0);
    assert.equal(usd(50e6), 0.9);
    assert.equal(usd(2e9), 176.4);
    assert.equal(usd(2.01e9), 176.75);
  });

  it("is on the bill of the workspace, and leaves nothing", async () => {
    const recording = await recordStack("prod", { config: ON });
    const { cloud } = recording;
    const { charges, leftovers, made } = simulate("prod", recording, cloud);
    const { written } = await samplesOf(ON);
    const [line] = bill(charges).filter(({ item }) => item.startsWith("Managed Prometheus"));
    assert.equal(line?.monthlyUsd, total(sampleCharges(cloud.account.region, written.samples)));
    assert.deepEqual(leftovers, []);
    assert.equal(made.filter(({ kind }) => kind === "Samples").length, 1);
  });

  it("is told of where something is written, and nowhere else", async () => {
    const colors = createColors(false);
    const without = await recordStack("prod");
    assert.equal(longTermStorage(without.resources, without.cloud, colors), undefined);
    const { resources, cloud } = await recordStack("prod", { config: ON });
    const text = longTermStorage(resources, cloud, colors) ?? "";
    const { written } = await samplesOf(ON);
    assert.ok(text.includes(`Written: ${written.series} series`));
  });

  it("has the figures of docs/long-term-storage.md", async () => {
    const { lines, all, written, replicas } = await samplesOf(ON);
    for (const { what, all: each, used, source } of lines) {
      const row = new RegExp(
        `^\\| ${what} +\\| .*?\\| ${each} +\\| ${used} +\\| ${source} +\\|$`,
        "m",
      );
      assert.match(PAGE, row);
    }
    for (const figure of [usd(written.samples), usd(all.samples), usd(all.samples * replicas)]) {
      assert.ok(PAGE.includes(figure.toFixed(2)), figure.toFixed(2));
    }
    for (const { series } of [all, written]) assert.ok(PAGE.includes(String(series)));
  });
});
