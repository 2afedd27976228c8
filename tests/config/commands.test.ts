import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse, parseDocument } from "yaml";
import { quoted, VALUE } from "../../config/commands";
import type { Key } from "../../config/key";
import { KEYS } from "../../config/keys";
import { disruptedNodes, duration, reason, schedule } from "../../config/node-rules";
import * as rule from "../../config/rules";
import { missing } from "../support/external-tool";
import { handedBy, isolated, pulumiCli, run } from "../support/pulumi-cli";
import { PROJECT_NAME, ROOT } from "../support/simulated";
import { makeStubs } from "../support/stub-programs";
import { type HandedConfig, problemsOf } from "../support/stack-config";
import { type BadConfiguration, handed, isSecretValue, titleOf } from "./bad-configuration";
import { BAD_CONFIGURATIONS } from "./bad-configurations";

const AT_ONCE = 2;

/** What a reader of a message would put for `<value>`. */
function exampleFor(where: string): string {
  const [top = ""] = where.split(/[.[]/);
  const [field = ""] = where.split(".").slice(-1);
  const key = (KEYS as Readonly<Record<string, Key>>)[top];
  const region = "ap-northeast-1";
  if (key?.type === "text") return rule.ruleFor(key.rule, region).example;
  if (key?.type === "texts") return key.item.example;
  if (key?.type === "list") return rule.ruleFor(key.item, region).example;
  if (key?.type === "secrets") return "https://hooks.example.com/services/1";
  return FIELDS[field.replace(/\[\d+\]$/, "")]?.example ?? assert.fail(`no example for ${where}`);
}

/** Of receivers, of grafanaOidc and of nodeDisruptionBudgets. */
const FIELDS: Readonly<Record<string, rule.Rule>> = {
  channel: rule.channel,
  email: rule.mail,
  to: rule.mail,
  from: rule.mail,
  topicArn: rule.topicArn,
  smarthost: rule.smarthost,
  username: rule.username,
  clientId: rule.clientId,
  authUrl: rule.address,
  tokenUrl: rule.address,
  name: rule.providerName,
  url: rule.remoteWriteUrl,
  scopes: rule.scope,
  groups: rule.groupsPath,
  admins: rule.group,
  viewers: rule.group,
  nodes: disruptedNodes,
  reasons: reason,
  schedule,
  duration,
};

const filled = (fix: string): string =>
  fix.replace(
    new RegExp(`('[^']+'|\\S+) '${VALUE}'`, "g"),
    (_, where: string) => `${where} ${quoted(exampleFor(where.replaceAll("'", "")))}`,
  );

/** Copies of the project in a temporary folder, each with a stack, and a curl and a kubectl that need no network. */
class ProjectCopies {
  private readonly folder = mkdtempSync(path.join(tmpdir(), "config-commands-"));
  private readonly ciphers = new Map<string, string>();
  private salt = "";
  private reading: Promise<unknown> = Promise.resolve();
  commands = 0;

  constructor(private readonly cli: string) {}

  /** Makes prod's stack and encrypts every secret of the table with its key. */
  async open(): Promise<void> {
    const home = this.make("home");
    makeStubs(path.join(this.folder, "bin"));
    const template = this.make("template");
    this.make("template/state");
    for (const file of ["Pulumi.yaml", "package.json"]) {
      cpSync(path.join(ROOT, file), path.join(template, file));
    }
    const env = { ...isolated(this.cli, home, path.join(template, "state")), PULUMI_STACK: "prod" };
    const texts = [...new Set(BAD_CONFIGURATIONS.flatMap(({ set }) => secretsIn(set)))];
    const flags = texts.flatMap((text, index) => ["--secret", `secret${index}=${text}`]);
    await this.pulumi(["stack", "init", "prod"], template, env);
    await this.pulumi(["config", "set-all", ...flags], template, env);
    const file = path.join(template, "Pulumi.prod.yaml");
    const { config, encryptionsalt } = parse(readFileSync(file, "utf8")) as {
      config: Record<string, { secure: string }>;
      encryptionsalt: string;
    };
    this.salt = encryptionsalt;
    texts.forEach((text, index) => {
      this.ciphers.set(text, config[`${PROJECT_NAME}:secret${index}`]?.secure ?? "");
    });
    rmSync(file);
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** @returns what is left of the problems after every printed command, or why that cannot be told */
  async apply(bad: BadConfiguration, name: string): Promise<string[]> {
    const stack = bad.stack ?? "prod";
    const work = path.join(this.folder, name);
    cpSync(path.join(this.folder, "template"), work, { recursive: true });
    const home = path.join(this.folder, "home");
    const own = isolated(this.cli, home, path.join(work, "state"));
    const stubsFirst = `${path.join(this.folder, "bin")}${path.delimiter}${own.PATH ?? ""}`;
    const env = { ...own, PATH: stubsFirst, PULUMI_STACK: stack };
    if (stack !== "prod") {
      rmSync(path.join(work, "state", ".pulumi"), { recursive: true });
      await this.pulumi(["stack", "init", stack], work, env);
    }
    writeFileSync(path.join(work, `Pulumi.${stack}.yaml`), this.stackFile(bad));

    const sentences = await this.problems(stack, handed(bad.set));
    if (sentences.length === 0) return ["it is not bad"];
    for (const fix of sentences.map((sentence) => sentence.split(". Fix: ")[1] ?? "")) {
      const { code, stderr } = await run("bash", ["-c", filled(fix)], work, env);
      if (code !== 0) return [`${filled(fix)}\n  ends with ${code}: ${stderr}`];
      this.commands++;
      env.PULUMI_STACK = /^pulumi stack rename (\S+)$/.exec(fix)?.[1] ?? env.PULUMI_STACK;
    }
    const read = await this.pulumi(["config", "--json", "--show-secrets"], work, env);
    const left = await this.problems(env.PULUMI_STACK, handedBy(read));
    return left.length === 0 ? [] : [...sentences, "leave:", ...left];
  }

  /** What the program says; one at a time, because the SDK has one configuration a process. */
  private problems(stack: string, config: HandedConfig): Promise<string[]> {
    const problems = this.reading.then(() => problemsOf(stack, config));
    this.reading = problems.catch(() => undefined);
    return problems;
  }

  /** Prod's file with the case's changes. */
  private stackFile({ set }: BadConfiguration): string {
    const document = parseDocument(readFileSync(path.join(ROOT, "Pulumi.prod.yaml"), "utf8"));
    document.set("encryptionsalt", this.salt);
    for (const [key, value] of Object.entries(set)) {
      const where = ["config", key];
      if (value === undefined) document.deleteIn(where);
      else document.setIn(where, document.createNode(this.encrypted(value)));
    }
    return document.toString();
  }

  private encrypted(value: unknown): unknown {
    if (isSecretValue(value)) return { secure: this.ciphers.get(value.secret) };
    if (Array.isArray(value)) return value.map((item) => this.encrypted(item));
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).map(([key, item]) => [key, this.encrypted(item)]);
    return Object.fromEntries(entries) as unknown;
  }

  private async pulumi(
    args: readonly string[],
    cwd: string,
    env: NodeJS.ProcessEnv,
  ): Promise<string> {
    const { code, stdout, stderr } = await run(this.cli, args, cwd, env);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ends with ${code}: ${stderr}`);
    return stdout;
  }

  private make(name: string): string {
    const folder = path.join(this.folder, name);
    mkdirSync(folder);
    return folder;
  }
}

function secretsIn(value: unknown): string[] {
  if (isSecretValue(value)) return [value.secret];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(secretsIn) : [];
}

describe("the commands that messages about configuration print", () => {
  it("mend what the messages tell, applied by the real CLI", async function () {
    this.timeout(600_000);
    const cli = await pulumiCli();
    if (cli === undefined) return missing(this, "no pulumi CLI on PATH or in $PULUMI_HOME/bin");
    const copies = new ProjectCopies(cli);
    const started = Date.now();
    const failures: string[] = [];
    try {
      await copies.open();
      const waiting = BAD_CONFIGURATIONS.map((bad, index) => ({ bad, name: `case-${index}` }));
      const worker = async () => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const left = await copies.apply(next.bad, next.name);
          if (left.length > 0) failures.push(`${titleOf(next.bad)}:\n  ${left.join("\n  ")}`);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    } finally {
      copies.close();
    }
    const seconds = Math.round((Date.now() - started) / 1000);
    console.log(
      `      ${copies.commands} commands, ${BAD_CONFIGURATIONS.length} configurations, ${seconds} s`,
    );
    assert.equal(failures.length, 0, `\n${failures.join("\n")}`);
  });
});
