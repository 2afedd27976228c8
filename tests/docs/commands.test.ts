import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { commandRows, docsCommands } from "../../verification/docs-commands";
import { missing } from "../support/external-tool";
import { isolated, pulumiCli, run } from "../support/pulumi-cli";
import { ROOT } from "../support/simulated";
import { makeStubs } from "../support/stub-programs";

describe("the commands of the documentation", () => {
  const commands = docsCommands();

  it("have a row each that says what shows that they work, and no row is without one", () => {
    const stray = commands.filter(({ row }) => row === undefined);
    assert.deepEqual(stray, []);
    const used = new Set(commands.map(({ row }) => row));
    const unused = commandRows().filter(({ start }) => !used.has(start));
    assert.deepEqual(unused, []);
  });

  it("set and remove configuration that the CLI and the catalogue know", async function () {
    this.timeout(300_000);
    const cli = await pulumiCli();
    if (cli === undefined) return missing(this, "no pulumi CLI on PATH or in $PULUMI_HOME/bin");
    const folder = mkdtempSync(path.join(tmpdir(), "docs-commands-"));
    try {
      const env = prepare(folder, cli);
      await expectZero("pulumi stack init prod", folder, env);
      const settings = commands
        .map(({ command }) => command)
        .filter((command) => /^pulumi config (set|rm) /.test(command));
      for (const command of new Set(settings)) await expectZero(command, folder, env);
      assert.ok(settings.length > 10);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** A project with prod's file, a backend of its own, and a curl that needs no network. */
function prepare(folder: string, cli: string): NodeJS.ProcessEnv {
  for (const file of ["Pulumi.yaml", "Pulumi.prod.yaml", "package.json"]) {
    cpSync(path.join(ROOT, file), path.join(folder, file));
  }
  for (const name of ["home", "state"]) mkdirSync(path.join(folder, name));
  const own = isolated(cli, path.join(folder, "home"), path.join(folder, "state"));
  const bin = path.join(folder, "bin");
  makeStubs(bin);
  const stubsFirst = `${bin}${path.delimiter}${own.PATH ?? ""}`;
  return { ...own, PATH: stubsFirst, PULUMI_STACK: "prod" };
}

async function expectZero(command: string, cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  // Words in capitals are the reader's to fill in.
  const filled = command.replaceAll(/\bNEW\/32\b/g, "198.51.100.7/32");
  const { code, stderr } = await run("bash", ["-c", filled], cwd, env);
  assert.equal(code, 0, `${command} ends with ${code}: ${stderr}`);
  assert.doesNotMatch(readFileSync(path.join(cwd, "Pulumi.prod.yaml"), "utf8"), /\bNEW\b/);
}
