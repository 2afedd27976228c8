import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Comparison } from "../../compare/comparison";
import { FIXED, WITH_VOLUMES } from "../../compare/dangers";
import { markdownReport, textReport } from "../../compare/report";
import { recordStack } from "../../simulation/record-stack";
import { type Finished, run } from "../support/pulumi-cli";
import { ROOT } from "../support/simulated";

/** The command behind `npm run compare`, as a user runs it. */
const compare = (...args: string[]): Promise<Finished> => {
  const { PATH, HOME } = process.env;
  const command = ["-r", "./register.cjs", "compare/main.ts", ...args];
  return run(process.execPath, command, ROOT, { PATH, HOME });
};

const PROD = path.join(ROOT, "Pulumi.prod.yaml");

describe("npm run compare of two stack files", () => {
  let folder: string;
  let comparison: Comparison;
  let json: Finished;
  let text: Finished;
  let files: readonly string[];
  before(async function () {
    this.timeout(300_000);
    folder = mkdtempSync(path.join(tmpdir(), "compare-test-"));
    const withReceiver = (settings: string) =>
      settings.replace("  receivers:\n", "  receivers:\n    - name: web\n      kind: webhook\n");
    const settings = readFileSync(PROD, "utf8")
      .replace("natGateways: per-zone", "natGateways: single")
      .replace("deletionProtection: true", "deletionProtection: false");
    const secret = (value: string) => `  receiverSecrets:\n    web-url:\n      secure: ${value}\n`;
    const keys =
      "  prometheusVolumeGiB: 100\n  alertmanagerVolumeGiB: 1\n  loadBalancerScheme: internal\n" +
      "  services: [quote-service]\n";
    const file = path.join(folder, "changed.yaml");
    const unchanged = path.join(folder, "unchanged.yaml");
    writeFileSync(unchanged, readFileSync(PROD, "utf8"));
    writeFileSync(file, withReceiver(settings) + keys + secret("v1:hidden"));
    files = ["--config-file", unchanged, "--config-file", file];
    json = await compare("--json", ...files);
    text = await compare(...files);
    assert.equal(json.code, 0, json.stderr);
    comparison = JSON.parse(json.stdout) as Comparison;
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const changed = (change: string): readonly string[] =>
    (comparison.changes?.resources ?? [])
      .filter((each) => each.change === change)
      .map(({ resource }) => resource);

  it("tells what preview and up refuse, in their own words", () => {
    const refused = comparison.changes?.refused ?? [];
    assert.match(refused[0] ?? "", /^alertmanagerVolumeGiB must be 2 or more, .* got 1\. Fix: /);
    // The state's protection counts: taken off and removed in one up is refused.
    assert.ok(refused.includes("Table tasks cannot be removed: it is protected by Pulumi."));
  });

  it("tells what becomes of data and addresses", () => {
    const data = comparison.changes?.data ?? [];
    const sentence = (beginning: string) =>
      data.find((each) => each.startsWith(beginning)) ?? data.join("\n");
    assert.match(sentence("Table tasks is removed"), /with it goes every row of the table\./);
    assert.match(
      sentence("Ingress monitoring-grafana is replaced"),
      /address of its load balancer/,
    );
    assert.match(sentence("prometheusVolumeGiB 50 to 100"), /no data is lost/);
  });

  it("tells what is replaced, removed, changed in place and added", () => {
    assert.deepEqual(changed("replaced"), ["Ingress monitoring-grafana", "Job stack-check"]);
    assert.ok(changed("removed").includes("Deployment task-service"));
    assert.ok(changed("removed").includes("NatGateway cluster-nat-ap-northeast-1d"));
    assert.ok(changed("changed").includes("Release monitoring"));
    assert.ok(changed("added").includes("Deployment quote-service"));
    const both = [...changed("removed"), ...changed("changed"), ...changed("added")];
    assert.ok(!both.includes("Vpc cluster") && !both.includes("Namespace monitoring"));
  });

  it("tells times and money by item, whose sum is the difference of both totals", () => {
    const bill = comparison.changes?.bill ?? [];
    const sum = bill.reduce((total, { usdBefore, usdAfter }) => total + usdAfter - usdBefore, 0);
    const { before: old, after: wanted } = comparison;
    assert.equal(sum.toFixed(2), ((wanted.monthlyUsd ?? 0) - (old.monthlyUsd ?? 0)).toFixed(2));
    const nat = bill.find(({ item }) => item === "NAT gateways");
    assert.deepEqual([nat?.countBefore, nat?.countAfter], [3, 1]);
  });

  it("tells what is not watched any more, and by what", () => {
    const names = (change: string, what: string) =>
      (comparison.changes?.watched ?? [])
        .filter((each) => each.change === change && each.what === what)
        .map(({ name }) => name);
    for (const what of ["alert", "recording rule", "panel"]) {
      assert.ok(
        names("gone", what).some((name) => name.includes("task-service")),
        what,
      );
      assert.ok(
        names("added", what).some((name) => name.includes("quote-service")),
        what,
      );
    }
    assert.deepEqual(names("gone", "series of a scrape, at most"), ["task-service-monitor"]);
  });

  it("tells which keys are set to what", () => {
    const settings = comparison.changes?.settings ?? [];
    const row = settings.find(({ key }) => key === "prometheusVolumeGiB");
    assert.deepEqual(row, {
      key: "prometheusVolumeGiB",
      what: "value",
      before: "50",
      after: "100",
    });
    assert.ok(settings.every(({ what }) => what === "value"));
  });

  it("is for people a few screens at most, the dangerous first, without colour in a pipe", () => {
    assert.equal(text.code, 0);
    const titles = text.stdout
      .split("\n\n")
      .slice(1)
      .map((part) => part.split("\n")[0] ?? "");
    assert.deepEqual(
      titles.map((title) => title.split(":")[0]),
      [
        "Refused",
        "Data and addresses",
        "Resources",
        "Time and money",
        "Alerts, rules, panels and series",
        "Configuration",
        "Not in this report",
      ],
    );
    assert.ok(text.stdout.split("\n").length < 200, text.stdout);
    assert.ok(!text.stdout.includes("\u001b["));
  });

  it("says the same of the same input, in every process", () => {
    assert.equal(text.stdout, `${textReport(comparison, false)}\n`);
  });

  it("shows no secret and compares none", () => {
    const settings = comparison.changes?.settings ?? [];
    assert.ok(!settings.some(({ key }) => key === "receiverSecrets"));
    assert.ok(!json.stdout.includes("hidden") && !json.stdout.includes("opaque"));
  });

  it("writes a page, prints its path, and writes the same bytes again", async () => {
    const pages = await Promise.all(
      ["first.html", "second.html"].map(async (name) => {
        const file = path.join(folder, name);
        const { code, stdout, stderr } = await compare("--html", file, ...files);
        assert.deepEqual([code, stdout, stderr], [0, `${file}\n`, ""]);
        return readFileSync(file, "utf8");
      }),
    );
    const [first = "", second] = pages;
    assert.ok(first.includes('<h2 id="resources">Resources: '), first.slice(0, 1000));
    assert.equal(first, second);
    assert.doesNotMatch(first, /(?<!aria-)hidden|opaque/);
  });

  it("writes a page beside what else is asked for", async () => {
    const file = path.join(folder, "beside.html");
    const { code, stdout } = await compare("--html", file, "--markdown", ...files);
    assert.equal(code, 0);
    assert.match(stdout, /^## What pulumi up would change/);
    assert.match(readFileSync(file, "utf8"), /^<!doctype html>/);
  });

  it("says in a sentence that a page cannot be written", async () => {
    const file = path.join(folder, "none", "page.html");
    const { code, stdout, stderr } = await compare("--html", file, ...files);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(
      stderr,
      /^error: --html must be a file that can be written; got .*page\.html \(ENOENT.*\)\n$/,
    );
  });

  it("has for a pull request the same parts in Markdown", () => {
    const markdown = markdownReport(comparison);
    assert.match(markdown, /^## What pulumi up would change/);
    assert.equal(markdown.match(/^### /gm)?.length, text.stdout.split("\n\n").length - 1);
    assert.match(
      markdown,
      /^\| replaced +\| Ingress monitoring-grafana +\| its trigger; the old one /m,
    );
  });

  it("escapes in Markdown what it quotes", () => {
    const label = "<b>a</b> | `b` [c](https://d) @everybody\n# e";
    const markdown = markdownReport({ ...comparison, after: { ...comparison.after, label } });
    const [title = ""] = markdown.split("\n\n");
    assert.doesNotMatch(title, /<b>|@e|(?<!\\)[|`[\]>]|\n/);
  });
});

describe("npm run compare with bad input", () => {
  it("tells of a program that does not run, and of the other side", async function () {
    this.timeout(300_000);
    const none = path.join(ROOT, "Pulumi.none.yaml");
    const { code, stdout } = await compare("--config-file", PROD, "--config-file", none);
    assert.equal(code, 1);
    assert.match(
      stdout,
      /Pulumi\.none\.yaml with the working tree does not run: .* must be a file/,
    );
    assert.match(stdout, /Pulumi\.prod\.yaml with the working tree runs: \d+ resources, up in/);
    assert.ok(!stdout.includes("    at "), "a stack trace for a user's mistake");
  });

  it("writes the page of a program that does not run, too", async function () {
    this.timeout(300_000);
    const folder = mkdtempSync(path.join(tmpdir(), "compare-page-"));
    try {
      const file = path.join(folder, "page.html");
      const none = path.join(ROOT, "Pulumi.none.yaml");
      const both = ["--config-file", PROD, "--config-file", none];
      const { code, stdout } = await compare("--html", file, ...both);
      assert.deepEqual([code, stdout], [1, `${file}\n`]);
      assert.match(
        readFileSync(file, "utf8"),
        /Pulumi\.none\.yaml .* does not run: .* must be a file/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("refuses a third file, an odd stack name and options that it does not have", async () => {
    const three = ["a", "b", "c"].flatMap((file) => ["--config-file", file]);
    const cases: readonly [string[], RegExp][] = [
      [three, /There are two sides: it can be given twice/],
      [["--stack", "a b"], /It must be a name of letters/],
      [["--htm"], /unknown option '--htm'/],
      [["a", "b", "c"], /too many arguments/],
    ];
    for (const [args, said] of cases) {
      const { code, stdout, stderr } = await compare(...args);
      assert.equal(code, 1);
      assert.equal(stdout, "");
      assert.match(stderr, said);
    }
  });

  it("explains itself with --help", async () => {
    const { code, stdout } = await compare("--help");
    assert.equal(code, 0);
    for (const option of [
      "[ref]",
      "--stack",
      "--config-file",
      "--json",
      "--markdown",
      "--html",
      "Exit code",
    ])
      assert.ok(stdout.includes(option), option);
  });

  it("says how to write what npm would keep for itself", async () => {
    const { PATH, HOME } = process.env;
    const args = ["run", "compare", "--silent", "--html", "page.html"];
    const { code, stderr } = await run("npm", args, ROOT, { PATH, HOME });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error: npm keeps .* Fix: npm run compare --silent -- --html page\.html$/m,
    );
  });
});

describe("The components that npm run compare asks", () => {
  it("are of types that the program makes", async () => {
    const prod = await recordStack("prod", { config: { taskServiceRequestsPerSecond: "50" } });
    const local = await recordStack("local");
    const made = new Set([...prod.resources, ...local.resources].map(({ type }) => type));
    for (const type of [...Object.keys(FIXED), WITH_VOLUMES]) assert.ok(made.has(type), type);
    const inputs = prod.resources.find(({ type }) => type === WITH_VOLUMES)?.inputs;
    assert.deepEqual(Object.keys(inputs ?? {}).sort(), ["namespace", "replicas", "volumes"]);
  });
});
