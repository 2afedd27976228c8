import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { recordStack } from "../../simulation/record-stack";
import type { Recording } from "../../simulation/recorder";
import { find, input, ROOT } from "../support/simulated";

const PAGE = readFileSync(path.join(ROOT, "docs", "troubleshooting.md"), "utf8");

/** Each symptom: its heading, and what stands below. */
const symptoms = PAGE.split(/^### /m)
  .slice(1)
  .map((section) => {
    const [heading = "", ...lines] = section.split("\n");
    return { heading, body: lines.join("\n").split(/^## /m)[0] ?? "" };
  });

/** Commands in blocks, and those in the text. */
const commands = [
  ...[...PAGE.matchAll(/^```sh\n([^]*?)^```/gm)].flatMap(([, block = ""]) =>
    block
      .replaceAll("\\\n", " ")
      .replaceAll("|\n", "| ")
      .split("\n")
      .filter((line) => line !== ""),
  ),
  ...[...PAGE.matchAll(/`((?:pulumi|kubectl|helm|aws|docker|npm|curl) [^`]+)`/g)].map(
    ([, command = ""]) => command,
  ),
];

describe("troubleshooting", () => {
  let prod: Recording;
  before(async () => {
    prod = await recordStack("prod");
  });

  it("says for each symptom what to type, or where it is said", () => {
    for (const { heading, body } of symptoms) {
      const isSaid =
        /\]\(|^```sh$/m.test(body) || commands.some((command) => body.includes(command));
      assert.ok(isSaid, heading);
      const text = body.replaceAll(/^```sh\n[^]*?^```/gm, "").match(/^.+$/gm) ?? [];
      assert.ok(text.length <= 4, `${heading} must have four lines of text at most.`);
    }
  });

  it("has only commands that bash can read", () => {
    assert.ok(commands.length > symptoms.length / 2);
    for (const command of commands) {
      const { status, stderr } = spawnSync("bash", ["-n", "-c", command], { encoding: "utf8" });
      assert.equal(status, 0, `${command}: ${stderr}`);
    }
  });

  it("names the namespaces and the release of the stack", () => {
    const release = find(prod, "kubernetes:helm.sh/v3:Release");
    const namespaces = prod.resources
      .filter(({ type }) => type === "kubernetes:core/v1:Namespace")
      .map((namespace) => input(namespace, "metadata.name"));
    for (const command of commands) {
      for (const [, namespace] of command.matchAll(/ -n (\S+)/g))
        assert.ok(namespaces.includes(namespace), command);
      for (const [, name] of command.matchAll(/helm (?:rollback|uninstall|get values) (\S+)/g))
        assert.equal(name, input(release, "name"), command);
    }
  });

  it("names objects that the chart makes by the names that it gives them", () => {
    const release = String(input(find(prod, "kubernetes:helm.sh/v3:Release"), "name"));
    const ingress = find(prod, "kubernetes:networking.k8s.io/v1:Ingress");
    const named = commands.flatMap((command) => [
      ...[...command.matchAll(/(svc|deploy)\/(\S+)/g)].map(([, , name = ""]) => name),
      ...[...command.matchAll(/ingress -n \S+ (\S+)/g)].map(([, name = ""]) => name),
    ]);
    assert.ok(named.includes(String(input(ingress, "metadata.name"))));
    for (const name of named) {
      const known = ["prometheus", "alertmanager", "grafana"].map((part) => `${release}-${part}`);
      assert.ok(known.includes(name), name);
    }
  });
});
