import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020";
import type { SimulationDocument } from "../../simulation/simulate";
import { PROJECT_NAME, ROOT } from "../support/simulated";
import { missing } from "../support/external-tool";

interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Without it, Kubernetes' end of support would be warned of on stderr, from some day on. */
const EARLY_DAY = "./tests/support/early-day.cjs";

/** The command behind `npm start`, as a user runs it. */
const start = (...args: string[]): Promise<Finished> => startWith({}, [], ...args);

/** @param preload Node.js options, such as a module that changes the program */
function startWith(
  env: NodeJS.ProcessEnv,
  preload: readonly string[],
  ...args: string[]
): Promise<Finished> {
  const command = [
    "-r",
    EARLY_DAY,
    "-r",
    "./register.cjs",
    ...preload,
    "simulation/main.ts",
    ...args,
  ];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      command,
      { cwd: ROOT, maxBuffer: 2 ** 26, env: { ...plainEnvironment(), ...env } },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
      },
    );
  });
}

/** Nothing that decides on colours, and no npm around. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME };
}

const hasColor = ({ stdout }: Finished): boolean => stdout.includes("\u001b[");

const parse = ({ stdout }: Finished): SimulationDocument =>
  JSON.parse(stdout) as SimulationDocument;

describe("npm start", () => {
  let folder: string;
  let json: Finished;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "simulation-"));
    json = await start("--json");
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const configFile = (text: string): string => {
    const file = path.join(folder, "Pulumi.test.yaml");
    writeFileSync(file, text);
    return file;
  };

  it("prints a document that fits its schema, and nothing else", () => {
    const file = path.join(ROOT, "simulation", "simulation.schema.json");
    const validate = new Ajv2020({ allErrors: true }).compile(
      JSON.parse(readFileSync(file, "utf8")) as object,
    );
    const document = parse(json);
    assert.ok(validate(document), JSON.stringify(validate.errors));
    assert.equal(json.code, 0);
    assert.equal(json.stderr, "");
    const spoiled = { ...document, monthlyUsd: "a lot" };
    assert.equal(validate(spoiled), false);
  });

  it("prints the same bytes for the same input", async () => {
    assert.equal((await start("--json")).stdout, json.stdout);
  });

  it("prints secrets as [secret] and the address as a URL", () => {
    const { outputs } = parse(json);
    assert.equal(outputs.grafanaAdminPassword, "[secret]");
    assert.equal(outputs.kubeconfig, "[secret]");
    assert.ok(URL.canParse(String(outputs.grafanaUrl)));
  });

  it("sums the bill from its parts", () => {
    const { resources, controllerMade, monthlyUsd } = parse(json);
    const parts = [...resources, ...controllerMade].map((part) => part.monthlyUsd);
    const sum = parts.reduce((total, part) => total + part, 0);
    assert.ok(monthlyUsd > 0);
    assert.equal(sum.toFixed(2), monthlyUsd.toFixed(2));
  });

  it("shows the children of eks and awsx components under their parents", () => {
    const { resources } = parse(json);
    const urnOf = (type: string) => resources.find((resource) => resource.type === type)?.urn;
    const parentOf = (type: string) => resources.find((resource) => resource.type === type)?.parent;
    assert.equal(parentOf("aws:eks/cluster:Cluster"), urnOf("eks:index:Cluster"));
    assert.equal(parentOf("aws:ec2/vpc:Vpc"), urnOf("awsx:ec2:Vpc"));
  });

  it("starts nothing before what it depends on is ready", () => {
    const { resources } = parse(json);
    const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    for (const { urn, custom, startSeconds, dependencies } of resources) {
      for (const dependency of custom ? dependencies : []) {
        assert.ok((byUrn.get(dependency)?.endSeconds ?? Infinity) <= startSeconds, urn);
      }
    }
  });

  it("builds the image while the cluster comes up, and neither waits for the other", () => {
    const { resources } = parse(json);
    const image = resources.find(({ type }) => type === "docker-build:index:Image");
    const cluster = resources.find(({ type }) => type === "aws:eks/cluster:Cluster");
    assert.ok(image && cluster);
    assert.ok(image.endSeconds < cluster.endSeconds && cluster.startSeconds < image.endSeconds);
  });

  // A load balancer takes longer to answer than its name to be there (durations.ts).
  it("ends up before the load balancer answers", () => {
    const { controllerMade, up } = parse(json);
    const balancer = controllerMade.find(({ kind }) => kind === "LoadBalancer");
    assert.ok(balancer && balancer.endSeconds > up.seconds, JSON.stringify(balancer));
  });

  it("prints the bill by item, each with the sources of its price", () => {
    const { bill, monthlyUsd } = parse(json);
    const sum = bill.reduce((total, line) => total + line.monthlyUsd, 0);
    assert.equal(sum.toFixed(2), monthlyUsd.toFixed(2));
    assert.ok(bill.every(({ sources }) => sources.length > 0));
  });

  it("lists what is protected, and destroys everything but the stack's state", () => {
    const { resources, destroy } = parse(json);
    assert.ok(destroy.protected.length > 0);
    const deleted = new Set(destroy.waves.flat());
    assert.deepEqual(
      resources.filter(({ urn }) => !deleted.has(urn)),
      [],
    );
    assert.deepEqual(destroy.leftovers, []);
  });

  it("says first that it is a simulation, and uses no colour in a pipe", async () => {
    const { stdout, code } = await start("--stack", "dev");
    assert.equal(code, 0);
    assert.match(stdout.split("\n")[0] ?? "", /This is a simulation: nothing was created/);
    const [summary = ""] = stdout.split("\n\n");
    assert.equal(summary.split("\n").length, 5, summary);
    assert.match(summary, /^ {2}how long +up in \d+:\d\d minutes, of which \d+:\d\d for Cluster/m);
    const [, monthly = ""] = /^total +([\d.]+)$/m.exec(stdout) ?? [];
    assert.ok(summary.includes(`what it costs    ${monthly} USD a month, of which `), summary);
    assert.match(summary, /^ {2}what is left +nothing after pulumi destroy$/m);
    assert.match(summary, /^ {2}what to do next +pulumi up --stack dev /m);
    assert.match(stdout, /npm run verify succeeds from \d+:\d\d on/);
    assert.match(stdout, /NAT gateways +1 +[\d.]+ +price file, cost model\n/);
    assert.ok(
      stdout.includes(`pulumi config set budgetUsd ${Math.ceil(Number(monthly))}\n`),
      monthly,
    );
    assert.match(stdout, /price file: a public price file, transcribed from the price list/);
    assert.ok(!stdout.includes("\u001b["));
    for (const title of ["Resources", "Outputs", "Critical path", "Cost per month", "Left over"]) {
      assert.match(stdout, new RegExp(`^${title}`, "m"));
    }
  });

  it("reads the file that --config-file names", async () => {
    const text = readFileSync(path.join(ROOT, "Pulumi.dev.yaml"), "utf8");
    const file = configFile(`${text}  clusterName: mine\n`);
    const { outputs, stack } = parse(
      await start("--json", "--stack", "test", "--config-file", file),
    );
    assert.equal(stack, "test");
    assert.equal(outputs.clusterName, "mine");
  });

  it("exits 1 with the sentence of pulumi up on stderr when the config is bad", async () => {
    const file = configFile("config:\n  aws:region: ap-northeast-1\n");
    const { code, stdout, stderr } = await start("--json", "--config-file", file);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /^error: The configuration of stack prod has 3 problems:\n/);
    assert.match(
      stderr,
      /availabilityZones must be a list of 2 items or more; got nothing\. Fix: pulumi config set /,
    );
    assert.ok(!stderr.includes("    at "), "a stack trace for a user's mistake");
  });

  it("exits 1 and names the file when there is no such stack", async () => {
    const { code, stderr } = await start("--stack", "staging");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error: .*Pulumi\.staging\.yaml must be a file that can be read; got ENOENT/,
    );
  });

  it("explains itself with --help and refuses options it does not have", async () => {
    const help = await start("--help");
    assert.equal(help.code, 0);
    for (const option of ["--stack", "--config-file", "--json"])
      assert.ok(help.stdout.includes(option));
    const wrong = await start("--stak", "dev");
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /unknown option '--stak'/);
  });

  it("uses no colour in a pipe, whatever CI or NO_COLOR say", async () => {
    assert.ok(!hasColor(await startWith({ CI: "true" }, [])));
    assert.ok(!hasColor(await startWith({ NO_COLOR: "1" }, [])));
    assert.ok(!hasColor(await startWith({ FORCE_COLOR: "0" }, [])));
  });

  it("uses colour in a pipe where FORCE_COLOR says so, and never in the document", async () => {
    assert.ok(hasColor(await startWith({ FORCE_COLOR: "1" }, [])));
    assert.ok(!hasColor(await startWith({ FORCE_COLOR: "1" }, [], "--json")));
  });

  /** In a shell, for what only a shell can put around it. */
  const inShell = (command: string) =>
    spawnSync("bash", ["-c", `set -o pipefail; ${command}`], {
      cwd: ROOT,
      encoding: "utf8",
      env: plainEnvironment(),
    });
  const COMMAND = `${process.execPath} -r ${EARLY_DAY} -r ./register.cjs simulation/main.ts`;

  it("ends without a word when nobody reads on", () => {
    for (const option of ["--json", ""]) {
      const { stdout, stderr, status } = inShell(`${COMMAND} ${option} | head -c 100`);
      assert.equal(stdout.length, 100);
      assert.equal(stderr, "");
      assert.equal(status, 0);
    }
  });

  it("says in a sentence that the disk is full", function () {
    if (!existsSync("/dev/full")) missing(this, "/dev/full, a device of Linux");
    const { stderr, status } = inShell(`${COMMAND} --json > /dev/full`);
    assert.match(stderr, /^error: cannot write to standard output: ENOSPC: .*\n$/);
    assert.equal(status, 1);
  });

  it("says how to write options that npm would keep for itself", () => {
    const cases: readonly [string, string][] = [
      ["--json", "--json"],
      ["--stack dev", "--stack dev"],
      ["--stack=dev --json", "--json --stack dev"],
      ["--config-file=a.yaml", "--config-file a.yaml"],
    ];
    for (const [written, kept] of cases) {
      const { stderr, status } = inShell(`npm start --silent ${written} > /dev/null`);
      assert.ok(
        stderr.includes(
          `error: npm keeps options before "--" for itself; got ${kept}. Fix: npm start --silent -- ${kept}\n`,
        ),
        stderr,
      );
      assert.equal(status, 1);
    }
  });

  /** The program with something more in it. */
  function withProgram(addition: string): readonly string[] {
    const file = path.join(folder, "preload.cjs");
    const modules = path.join(ROOT, "node_modules");
    writeFileSync(
      file,
      `const program = require(${JSON.stringify(path.join(ROOT, "simulation", "program.ts"))});
       const aws = require(${JSON.stringify(path.join(modules, "@pulumi", "aws"))});
       const { runProgram } = program;
       program.runProgram = async () => { const outputs = await runProgram(); ${addition}; return outputs; };`,
    );
    return ["-r", file];
  }

  it("names an unknown resource type in one sentence, before it prints anything", async () => {
    const preload = withProgram('new aws.s3.Bucket("b")');
    const { code, stdout, stderr } = await startWith({}, preload);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(
      stderr,
      /^error: the simulated cloud does not know the resource type aws:s3\/bucket:Bucket\. Fix: .*simulation\/cloud\/behaviours\.ts\n$/,
    );
  });

  it("names an unknown provider function in one sentence, before it prints anything", async () => {
    const preload = withProgram("aws.getRegionOutput()");
    const { code, stdout, stderr } = await startWith({}, preload);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /^error: .* does not know the invoke aws:index\/getRegion.* Fix: .*\n$/);
  });

  it("refuses a program whose order up does not guarantee, before it prints anything", async () => {
    const addon = `{ clusterName: "${PROJECT_NAME}-prod", addonName: "early" }`;
    const preload = withProgram(`new aws.eks.Addon("early", ${addon})`);
    const { code, stdout, stderr } = await startWith({}, preload);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(
      stderr,
      /^error: pulumi up would fail: Addon early must be made after Cluster cluster-eksCluster, because its clusterName names it; got no order between them\. Fix: .*\n$/,
    );
  });
});
