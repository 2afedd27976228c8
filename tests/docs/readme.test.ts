import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { KEYS } from "../../config/keys";
import packageJson from "../../package.json";
import servicePackageJson from "../../services/task-service/package.json";
import { clock } from "../../simulation/clock";
import { simulate, simulationDocument } from "../../simulation/simulate";
import { versions } from "../../versions";
import { recordStack } from "../../simulation/record-stack";
import { cloud, find, input, ROOT } from "../support/simulated";

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
    assert.ok(README.trimEnd().split("\n").length <= 145);
  });

  it("names the stack's outputs", async () => {
    const { outputs } = await recordStack("dev");
    for (const name of Object.keys(outputs)) assert.ok(README.includes(`\`${name}\``), name);
  });

  it("names the versions that are pinned", () => {
    const minors = versions.kubernetes.map(({ minor }) => minor);
    assert.ok(words.includes(`Kubernetes ${minors.join(" and ")}`));
    assert.ok(words.includes(`kube-prometheus-stack ${versions.kubePrometheusStack.version}`));
    assert.ok(words.includes(`Pulumi ${packageJson.dependencies["@pulumi/pulumi"]}`));
  });

  it("gives prod's cost and times as the simulation prints them", async () => {
    const simulation = simulate("prod", await recordStack("prod"), cloud);
    const { up, destroy, monthlyUsd } = simulationDocument(simulation, cloud);
    const sentence = `up in ${clock(up.seconds)}, destroy in ${clock(destroy.seconds)}, ${monthlyUsd.toFixed(2)} USD a month`;
    assert.ok(words.includes(sentence), sentence);
  });

  // That EKS sets its own tag is AWS' to show.
  it("looks for what destroy left in prod's region, by the tags and the cluster name of prod", async () => {
    const prod = await recordStack("prod");
    const commands = README.split("\n").filter((line) => line.startsWith("aws "));
    const flags = (command: string, pattern: RegExp) =>
      [...command.matchAll(pattern)].map(([, ...parts]) => parts.join("="));
    const provider = find(prod, "pulumi:providers:aws");
    for (const command of commands) {
      assert.deepEqual(flags(command, /--region (\S+)/g), [input(provider, "region")]);
    }
    const [ofStack = [], ofCluster = []] = commands.map((command) =>
      flags(command, /Key=(\S+),Values=(\S+)/g),
    );
    const { tags } = JSON.parse(String(input(provider, "defaultTags"))) as {
      tags: Record<string, string>;
    };
    assert.deepEqual(ofStack, [`project=${tags.project ?? ""}`, `stack=${tags.stack ?? ""}`]);
    assert.deepEqual(ofCluster, [`eks:eks-cluster-name=${String(prod.outputs.clusterName)}`]);
    assert.equal(commands.length, 2);
  });

  it("maps every folder and file of the tree's top, and nothing that is not there", () => {
    const mapped = rows("What is where").map(([cell]) => cell.replaceAll("`", ""));
    const folders = readdirSync(ROOT, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/^(\.|node_modules)/.test(entry.name))
      .map(({ name }) => `${name}/`);
    assert.deepEqual(mapped.filter((each) => each.endsWith("/")).sort(), folders.sort());
    for (const each of mapped) assert.ok(existsSync(path.join(ROOT, each)), each);
  });
});

describe("the documentation", () => {
  const pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ...markdownBelow("docs")];

  it("names only npm scripts that are there", () => {
    for (const page of pages) {
      for (const [, script = "", ofService] of read(page).matchAll(
        /npm run ([\w:-]+)( --prefix)?/g,
      )) {
        // The list of all commands has those of the services' own READMEs too.
        const mayBeService = ofService !== undefined || page === "docs/commands.md";
        const { scripts } =
          mayBeService && !(script in packageJson.scripts) ? servicePackageJson : packageJson;
        assert.ok(script in scripts, `${page}: npm run ${script}`);
      }
    }
  });

  it("links only to pages that are there", () => {
    for (const page of pages) {
      for (const [, link = ""] of read(page).matchAll(/\]\(([\w./-]+)(?:#[\w-]+)?\)/g)) {
        assert.ok(existsSync(path.join(ROOT, path.dirname(page), link)), `${page}: ${link}`);
      }
    }
  });

  it("links only to headings that are there", () => {
    let anchored = 0;
    for (const page of pages) {
      for (const [, link = "", anchor = ""] of read(page).matchAll(
        /\]\(([\w./-]+\.md)?#([\w-]+)\)/g,
      )) {
        const target = link === "" ? page : path.join(path.dirname(page), link);
        assert.ok(anchors(read(target)).has(anchor), `${page}: ${link}#${anchor}`);
        anchored++;
      }
    }
    assert.ok(anchored > 0);
  });

  it("shows only commands that bash can read", () => {
    for (const page of pages) {
      for (const [, commands = ""] of read(page).matchAll(/^```sh\n([^]*?)^```/gm)) {
        const { status, stderr } = spawnSync("bash", ["-n"], { input: commands, encoding: "utf8" });
        assert.equal(status, 0, `${page}: ${stderr}${commands}`);
      }
    }
  });

  it("sets and removes only keys that are there", () => {
    const command = /pulumi config (?:set|rm)(?: --[a-z-]+)* '?([\w:]+)/g;
    for (const page of pages) {
      for (const [, key = ""] of read(page).matchAll(command)) {
        assert.ok(key === "KEY" || key in KEYS, `${page}: ${key}`);
      }
    }
  });

  it("names only files and folders of the project that are there", () => {
    const top =
      /`((?:config|components|observability|services|simulation|policy|verification|tests|docs)\/[\w./-]*)`/g;
    for (const page of pages) {
      for (const [, named = ""] of read(page).matchAll(top)) {
        if (/NAME|\*/.test(named)) continue;
        assert.ok(existsSync(path.join(ROOT, named)), `${page}: ${named}`);
      }
    }
  });
});

const read = (page: string): string => readFileSync(path.join(ROOT, page), "utf8");

/** Names that GitHub gives to the headings of a page: a second one of the same name gets `-1`. */
function anchors(text: string): Set<string> {
  const found = new Set<string>();
  for (const [, heading = ""] of text.matchAll(/^#+ (.+)$/gm)) {
    const anchor = heading
      .toLowerCase()
      .replaceAll(/[^\w -]/g, "")
      .replaceAll(" ", "-");
    found.add(found.has(anchor) ? `${anchor}-1` : anchor);
  }
  return found;
}

function markdownBelow(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => path.join(folder, file));
}
