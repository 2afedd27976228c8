import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, realpathSync, symlinkSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import type { Key } from "../config/key";
import { KEYS } from "../config/keys";
import { recordStack } from "../simulation/record-stack";
import { type AttachedEngine, attachedEngine } from "./support/attached-engine";
import { notAsked } from "./support/external-tool";
import { type Finished, run } from "./support/pulumi-cli";
import { PROJECT_NAME, ROOT } from "./support/simulated";
import { STACK_NAMES } from "./support/stack-names";

const NAME = "my-monitoring";

/** The name that this project has; pulumi new takes the template out of what it makes. */
const ORIGINAL = "eks-monitoring";

/** What a clone has not: `pulumi new` would copy it. */
const NOT_CLONED = new Set([".git", "node_modules", ".venv", "dist", "coverage"]);
const isCloned = (file: string): boolean => !NOT_CLONED.has(path.basename(file));

interface Project {
  readonly name: string;
  readonly description: string;
  readonly template?: {
    readonly displayName: string;
    readonly description: string;
    readonly config: Readonly<Record<string, { readonly description: string; default?: string }>>;
  };
}

const projectIn = (folder: string): Project =>
  parse(readFileSync(path.join(folder, "Pulumi.yaml"), "utf8")) as Project;

describe("the project as a template", () => {
  before(function () {
    if (PROJECT_NAME !== ORIGINAL)
      notAsked(this, `the project ${ORIGINAL}, which this one was made from`);
  });

  it("says nowhere what pulumi new would replace", () => {
    const replaced = ["PROJECT", "DESCRIPTION"].map((word) => `\${${word}}`);
    const files = filesIn(ROOT);
    assert.ok(files.includes("Pulumi.yaml") && files.includes(path.join(".ci", "run")));
    for (const file of files) {
      const text = `${file}\n${readFileSync(path.join(ROOT, file), "utf8")}`;
      for (const each of replaced) assert.ok(!text.includes(each), `${file}: ${each}`);
    }
  });

  it("asks for texts that are fixed after the first up, and sets none by itself", () => {
    const { template, description } = projectIn(ROOT);
    const asked = template?.config ?? {};
    const rows: Readonly<Record<string, Key>> = KEYS;
    const fixed = Object.keys(asked).filter((key) => rows[key]?.fixed && rows[key].type === "text");
    assert.deepEqual(fixed, Object.keys(asked));
    assert.ok(fixed.includes("aws:region"));
    // A default would replace what the stack's file says.
    for (const prompt of Object.values(asked))
      assert.deepEqual(Object.keys(prompt), ["description"]);
    assert.equal(template?.description, description);
  });

  describe("with the real CLI", () => {
    let engine: AttachedEngine | undefined;
    let made: string;
    let pulumi: (cwd: string, ...args: string[]) => Promise<string>;
    before(async function () {
      const attached = await attachedEngine(this, "prod", (folder) => path.join(folder, "made"));
      engine = attached;
      pulumi = async (cwd, ...args) => succeeded(await attached.pulumi(cwd, ...args));
      const clone = path.join(attached.folder, "clone");
      made = path.join(attached.folder, "made");
      cpSync(ROOT, clone, { recursive: true, filter: isCloned });
      const options = ["--name", NAME, "--generate-only", "--yes", "--dir", made];
      await pulumi(attached.folder, "new", clone, ...options);
      // What npm ci would install there, without its minute and its network.
      for (const modules of ["node_modules", "services/task-service/node_modules"]) {
        symlinkSync(realpathSync(path.join(ROOT, modules)), path.join(made, modules));
      }
    });
    after(() => {
      engine?.close();
    });

    it("is copied whole, hidden files too, under a name of its own", () => {
      assert.deepEqual(filesIn(made).sort(), filesIn(ROOT).sort());
      const { name, description, template } = projectIn(made);
      assert.deepEqual({ name, template }, { name: NAME, template: undefined });
      assert.equal(description, projectIn(ROOT).description);
    });

    for (const stack of STACK_NAMES) {
      it(`is simulated as this project is, but for its name: ${stack}`, async () => {
        const start = async (cwd: string) =>
          succeeded(
            await run("npm", ["start", "--silent", "--", "--stack", stack], cwd, process.env),
          );
        const [mine, own] = await Promise.all([start(made), start(ROOT)]);
        assert.ok(mine.includes(`Stack ${NAME}-${stack}`));
        assert.equal(comparable(mine, NAME), comparable(own, PROJECT_NAME));
      });
    }

    it("is previewed by the plain CLI, which reads its stack files", async () => {
      await pulumi(made, "stack", "init", "prod");
      const previewed = await pulumi(made, "preview", "--non-interactive");
      assert.match(previewed, new RegExp(`clusterName +: "${NAME}-prod"`));
      const { resources } = await recordStack("prod");
      assert.ok(previewed.includes(`+ ${resources.length} to create`), previewed);
    });
  });
});

/** What it printed. */
function succeeded({ code, stdout, stderr }: Finished): string {
  assert.equal(code, 0, stdout + stderr);
  return stdout;
}

/** Columns are as wide as their longest name. */
const comparable = (printed: string, name: string): string =>
  printed.replaceAll(name, "PROJECT").replace(/ +/g, " ");

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => isCloned(name))
    .flatMap((entry) => {
      if (!entry.isDirectory()) return [entry.name];
      return filesIn(path.join(folder, entry.name)).map((file) => path.join(entry.name, file));
    });
