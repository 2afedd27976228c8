import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { isObject, parseJson } from "../../config/given";
import { readStackFiles, type StackFiles } from "../../simulation/stack-files";
import { missing } from "../support/external-tool";
import { handedBy, isolated, pulumiCli, run } from "../support/pulumi-cli";
import { PROJECT_NAME, ROOT } from "../support/simulated";
import { problemsOf } from "../support/stack-config";

const utf16 = (text: string, order: "le" | "be"): Buffer => {
  const bytes = Buffer.from(`\uFEFF${text}`, "utf16le");
  return order === "le" ? bytes : bytes.swap16();
};

const MINE = "config:\n  clusterName: mine\n";

/** Stack files that the CLI takes, and what one key then is. */
const TAKEN: readonly (readonly [title: string, file: string | Buffer, clusterName: string])[] = [
  ["an empty file", "", ""],
  ["a file of comments", "# nothing yet\n", ""],
  ["no configuration", "config:\n", ""],
  ["a key without a value", "config:\n  clusterName:\n", ""],
  ["null", "config:\n  clusterName: null\n", ""],
  ["the word null", 'config:\n  clusterName: "null"\n', "null"],
  ["two documents", `${MINE}---\nconfig:\n  clusterName: other\n`, "mine"],
  ["a second document that is broken", `${MINE}---\nconfig: [\n`, "mine"],
  ["an empty document before another", `---\n---\n${MINE}`, ""],
  ["a byte order mark", `\uFEFF${MINE}`, "mine"],
  ["UTF-16, little end first", utf16(MINE, "le"), "mine"],
  ["UTF-16, big end first", utf16(MINE, "be"), "mine"],
  ["a key with its namespace", `config:\n  ${PROJECT_NAME}:clusterName: mine\n`, "mine"],
  ["a key in its older form", `config:\n  ${PROJECT_NAME}:config:clusterName: mine\n`, "mine"],
  ["a number", "config:\n  clusterName: 1.10\n", "1.1"],
  ["a truth value", "config:\n  clusterName: true\n", "true"],
];

/** Stack files that the CLI refuses before it starts the program: its words, and the command that mends it. */
const REFUSED: readonly (readonly [config: string, words: string, fix?: string])[] = [
  [
    'availabilityZones: "ap-northeast-1a, ap-northeast-1c"',
    "'availabilityZones' must be of type 'array<string>'",
    "pulumi config rm availabilityZones && pulumi config set --path 'availabilityZones[0]' ap-northeast-1a && pulumi config set --path 'availabilityZones[1]' ap-northeast-1c",
  ],
  [
    `adminRoleArns: '["arn:aws:iam::111122223333:role/a"]'`,
    "'adminRoleArns' must be of type 'array<string>'",
    "pulumi config rm adminRoleArns && pulumi config set --path 'adminRoleArns[0]' arn:aws:iam::111122223333:role/a",
  ],
  ["availabilityZones:", "'availabilityZones' must be of type 'array<string>'"],
  ["availabilityZones: [a, null]", "must be of type 'array<string>'"],
  ["retentionDays:", "'retentionDays' must be of type 'integer'"],
  ["persistence: maybe", "'persistence' must be of type 'boolean'"],
  ["receivers: [null]", "'receivers' must be of type 'array<object>'"],
  ["clusterName: [a]", "'clusterName' must be of type 'string'"],
  ["clusterName: { secure: 5 }", "'clusterName' must be of type 'string'"],
  [
    "{ vpcCidr: [a], compute: [a] }",
    "'compute' must be of type 'string'",
    "pulumi config rm compute",
  ],
];

describe("the stack files, whatever is in them", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "stack-files-"));
    cpSync(path.join(ROOT, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
    cpSync(path.join(ROOT, "package.json"), path.join(folder, "package.json"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  function read(file: string | Buffer): StackFiles {
    writeFileSync(path.join(folder, "Pulumi.prod.yaml"), file);
    return readStackFiles(folder, "prod");
  }

  for (const [title, file, clusterName] of TAKEN) {
    it(`are taken: ${title}`, () => {
      assert.equal(read(file).config[`${PROJECT_NAME}:clusterName`], clusterName);
    });
  }

  for (const [config, words, fix = "pulumi config rm "] of REFUSED) {
    it(`are refused with a command that mends them: ${config}`, () => {
      assert.throws(
        () => read(`config:\n  ${config}\n`),
        ({ message }: Error) => message.includes(words) && message.includes(`. Fix: ${fix}`),
      );
    });
  }

  it("are refused where one secret stands in clear beside another", () => {
    const secrets = "config:\n  receiverSecrets:\n    a-url: { secure: AAAB }\n";
    assert.doesNotThrow(() => read(secrets));
    assert.throws(
      () => read(`${secrets}    b-url: in-clear\n`),
      ({ message }: Error) =>
        message ===
        'receiverSecrets.b-url must be a secret; got a value in clear. Fix: pulumi config set --secret --path receiverSecrets.b-url "$(pulumi config get --path receiverSecrets.b-url)"',
    );
  });

  it("leave it to the program to refuse a secret where none may be", async () => {
    const region = "  aws:region: ap-northeast-1\n";
    const files = read(`config:\n${region}  persistence: { secure: AAAB }\n`);
    const sentences = await problemsOf("prod", files);
    const told = /^persistence must be plain text: .+; got a secret\. Fix: pulumi config set /;
    assert.equal(sentences.filter((sentence) => told.test(sentence)).length, 1);
  });

  it("are read as the real CLI reads them", async function () {
    const cli = await pulumiCli();
    if (cli === undefined) return missing(this, "no pulumi CLI on PATH or in $PULUMI_HOME/bin");
    const [home, state] = ["home", "state"].map((name) => path.join(folder, name));
    for (const each of [home, state]) mkdirSync(each ?? "");
    const env = { ...isolated(cli, home ?? "", state ?? ""), PULUMI_STACK: "prod" };
    const pulumi = (...args: string[]) => run(cli, args, folder, env);
    await pulumi("stack", "init", "prod");

    for (const [title, file] of TAKEN) {
      const mine = read(file);
      const { stdout, stderr } = await pulumi("config", "--json");
      assert.ok(stdout !== "", `${title}: ${stderr}`);
      assert.deepEqual(comparable(mine.config), comparable(handedBy(stdout).config), title);
    }
    for (const [config, words] of REFUSED) {
      writeFileSync(path.join(folder, "Pulumi.prod.yaml"), `config:\n  ${config}\n`);
      const { code, stdout, stderr } = await pulumi("preview", "--non-interactive");
      assert.notEqual(code, 0);
      assert.ok((stdout + stderr).includes(words), `${config}\n${stdout}${stderr}`);
      const [, fix = ""] = messageOf(() => readStackFiles(folder, "prod")).split(". Fix: ");
      const mended = await run("bash", ["-c", fix], folder, env);
      assert.equal(mended.code, 0, mended.stderr);
      assert.ok(!messageOf(() => readStackFiles(folder, "prod")).includes(words), fix);
    }
  });
});

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  return "";
}

/** The CLI sorts the fields of an object that is one. */
const comparable = (config: Readonly<Record<string, string>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(config).map(([key, text]) => {
      const parsed = parseJson(text);
      return [key, Array.isArray(parsed) || isObject(parsed) ? parsed : text];
    }),
  );
