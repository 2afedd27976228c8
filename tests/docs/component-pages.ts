import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { compileFunction } from "node:vm";
import * as pulumi from "@pulumi/pulumi";
import { transform } from "sucrase";
import ts from "typescript";
import { PAGES } from "../../docs/components/generate";
import type { CheckedMonitoring } from "../../components/stack-check/stack-check";
import type { Watcher } from "../../components/watcher";
import type { Recording } from "../../simulation/recorder";
import { eksTestPlatform } from "../support/platforms";
import { recordProgram, ROOT } from "../support/simulated";

export const FOLDER = path.join(ROOT, "docs", "components");

/** Pages by their name, such as "cluster.md". */
export const pages = new Map(
  PAGES.map((page) => [page, readFileSync(path.join(FOLDER, page), "utf8")]),
);

/** These, and others that have an example. */
const withExample = new Map([
  ...pages,
  ["escape-hatches.md", readFileSync(path.join(ROOT, "docs", "escape-hatches.md"), "utf8")],
]);

/** The example of a page: a file beside index.ts. */
export function exampleOf(page: string): string {
  const blocks = [...(withExample.get(page) ?? "").matchAll(/```ts\n([^]*?)```/g)];
  const [[, code] = []] = blocks;
  if (code === undefined || blocks.length > 1)
    throw new Error(`${page} must have one block of TypeScript; got ${blocks.length}.`);
  return code;
}

/** What a MonitoringStack is to others, without its resources. */
class Watching extends pulumi.ComponentResource implements Watcher, CheckedMonitoring {
  readonly releaseName = pulumi.output("kube-prometheus-stack");
  readonly namespace = pulumi.output("prometheus");
  readonly revision = pulumi.output("1");
  readonly prometheusUrl = "http://prometheus.example.com:9090";
  readonly grafanaUrl = "http://grafana.example.com";
  readonly retentionDays = 31;
}

/** Runs an example in the simulated cloud: the functions that it exports, on a cluster and a stack that watches. */
export async function runExample(page: string): Promise<Recording> {
  const { code } = transform(exampleOf(page), { transforms: ["imports", "typescript"] });
  const requireFromRoot = createRequire(path.join(ROOT, "index.ts"));
  const exported: Record<string, (platform: object, watcher: object) => unknown> = {};
  const load = compileFunction(code, ["require", "exports"]) as (
    require: NodeJS.Require,
    exports: object,
  ) => void;
  load(requireFromRoot, exported);
  return recordProgram(() => {
    const watching = new Watching("test:index:Watching", "watching");
    for (const make of Object.values(exported)) make(eksTestPlatform, watching);
  });
}

/** What the compiler says of the examples, each as a file beside index.ts. */
export function typeErrors(): string[] {
  const file = path.join(ROOT, "tsconfig.json");
  const { config } = ts.readConfigFile(file, (name) => ts.sys.readFile(name)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const examples = new Map(
    [...withExample.keys()].map((page) => [path.join(ROOT, `${page}.ts`), exampleOf(page)]),
  );
  const host = ts.createCompilerHost(options);
  host.fileExists = (name) => examples.has(name) || ts.sys.fileExists(name);
  host.readFile = (name) => examples.get(name) ?? ts.sys.readFile(name);
  const program = ts.createProgram([...examples.keys()], options, host);
  return [...examples.keys()]
    .map((name) => program.getSourceFile(name))
    .flatMap((source) => [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ])
    .map(({ file: at, messageText }) => {
      const text = ts.flattenDiagnosticMessageText(messageText, " ");
      return `${path.basename(at?.fileName ?? "", ".ts")}: ${text}`;
    });
}
