import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import packageJson from "../../package.json";
import { clock } from "../../simulation/report";
import { simulate, simulationDocument } from "../../simulation/simulate";
import { versions } from "../../versions";
import { cloud, recordStack, ROOT } from "../support/simulated";

const README = readFileSync(path.join(ROOT, "README.md"), "utf8");
const words = README.replace(/\s+/g, " ");

/** First two cells of every row of the table under a heading. */
const rows = (heading: string): [string, string][] =>
  (README.split(`## ${heading}\n`)[1]?.split("\n## ")[0] ?? "")
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map(([, first = "", second = ""]) => [first, second.replaceAll("`", "")]);

describe("the README", () => {
  it("is short", () => {
    assert.ok(README.trimEnd().split("\n").length <= 120);
  });

  it("names the stack's outputs", async () => {
    const { outputs } = await recordStack("dev");
    for (const name of Object.keys(outputs)) assert.ok(README.includes(`\`${name}\``), name);
  });

  it("names the versions that are pinned", () => {
    assert.ok(words.includes(`Kubernetes ${versions.kubernetes.join(" and ")}`));
    assert.ok(words.includes(`kube-prometheus-stack ${versions.kubePrometheusStack.version}`));
    assert.ok(words.includes(`Pulumi ${packageJson.dependencies["@pulumi/pulumi"]}`));
  });

  it("gives prod's cost and times as the simulation prints them", async () => {
    const simulation = simulate("prod", await recordStack("prod"), cloud);
    const { up, destroy, monthlyUsd } = simulationDocument(simulation, cloud);
    const sentence = `up in ${clock(up.seconds)}, destroy in ${clock(destroy.seconds)}, ${monthlyUsd.toFixed(2)} USD a month`;
    assert.ok(words.includes(sentence), sentence);
  });

  it("names only scripts and paths that are there", () => {
    const scripts = [...README.matchAll(/npm run ([\w-]+)/g)].map(([, script = ""]) => script);
    for (const script of scripts) assert.ok(script in packageJson.scripts, `npm run ${script}`);
    const paths = rows("What is where").flatMap(([cell]) => cell.match(/[\w./-]+/g) ?? []);
    for (const each of paths) assert.ok(existsSync(path.join(ROOT, each)), each);
    for (const [, link = ""] of README.matchAll(/\]\(([\w./-]+)\)/g)) {
      assert.ok(existsSync(path.join(ROOT, link)), link);
    }
  });
});
