import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { readStackFiles } from "../../simulation/stack-files";
import { standInKedaChart } from "../cluster/keda/stand-in-chart";
import { agreementChecks } from "./agreement-checks";
import type { Check, Stage } from "./checks";
import { destroyChecks } from "./destroy-checks";
import { Engine } from "./engine";
import { ROOT } from "./engine-setup";
import { faultChecks } from "./fault-checks";
import { Helm } from "./helm";
import { operationChecks } from "./operation-checks";
import type { Options } from "./options";
import { RehearsedCluster } from "./rehearsed-cluster";
import type { CheckResult, Report } from "./report";
import { stackFileChecks } from "./stack-file-checks";
import type { Tools } from "./tools";
import { upChecks } from "./up-checks";

const STACK = "prod";
const FIRST_UP = "a preview of the fresh stack";
const CHECKS: readonly Check[] = [
  ...upChecks,
  ...operationChecks,
  ...destroyChecks,
  ...agreementChecks,
  ...faultChecks,
  ...stackFileChecks,
];

/** Runs the checks one after the other; each result is told of as it comes. */
export async function rehearse(tools: Tools, options: Options): Promise<Report> {
  const { cli, chart, operator } = tools;
  const { kubernetes } = tools.cluster;
  const region = readStackFiles(ROOT, STACK).config["aws:region"] ?? "us-east-1";
  const cluster = await RehearsedCluster.open(kubernetes, { region, chart, operator });
  const kedaChart = standInKedaChart();
  const engine = await Engine.open(cli, {
    stack: STACK,
    cluster,
    // A second service has nothing that the first has not, and twice its faults.
    config: { chart: chart.folder, services: ["task-service"], ...(kedaChart && { kedaChart }) },
  });
  const close = async () => {
    engine.close();
    await cluster.close();
  };
  const stop = () => {
    void close().finally(() => process.exit(130));
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  const stage: Stage = {
    cli,
    engine,
    helm: new Helm(engine.folder, kubernetes.kubeconfig),
    seed: options.seed,
    all: options.all === true,
    valuesHaveEffect: chart.valuesHaveEffect,
    charts: [...options.olderChart.map(chartFolder), chart],
    kedaChart,
    progress: (text) => process.stderr.write(`    ${text}\n`),
    wanted: undefined,
    operations: [],
    faults: [],
  };
  try {
    const checks = await runChecks(CHECKS.filter(isChosen(options.only)), stage);
    return {
      date: new Date().toISOString().slice(0, 10),
      versions: versionsOf(tools),
      seed: options.seed,
      checks,
      operations: stage.operations,
      faults: stage.faults,
    };
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    await close();
  }
}

/** The first `up` is what others compare with. */
const isChosen =
  (only: string | undefined) =>
  (check: Check): boolean =>
    only === undefined || isNamed(only, check) || check.name.startsWith(FIRST_UP);

const isNamed = (only: string, { name }: Check): boolean =>
  only.split(",").some((part) => name.includes(part));

/** @returns a sentence, where no check is meant */
export function whyNoCheck(only: string | undefined): string | undefined {
  if (only === undefined || CHECKS.some((check) => isNamed(only, check))) return undefined;
  const names = CHECKS.map(({ name }) => `  ${name}`).join("\n");
  return `--only must be a part of a check's name; got ${only}. The checks:\n${names}`;
}

async function runChecks(checks: readonly Check[], stage: Stage): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checks) {
    process.stderr.write(`${results.length + 1}/${checks.length} ${check.name}\n`);
    const result = await resultOf(check, stage);
    process.stderr.write(`    ${result.ok ? "" : "FAILED: "}${result.figure}\n`);
    results.push(result);
  }
  return results;
}

async function resultOf(check: Check, stage: Stage): Promise<CheckResult> {
  const started = Date.now();
  const seconds = () => (Date.now() - started) / 1000;
  try {
    const figure = await check.run(stage);
    return { name: check.name, figure, ok: true, seconds: seconds() };
  } catch (error) {
    const figure = error instanceof Error ? error.message : String(error);
    return { name: check.name, figure: figure.slice(0, 3000), ok: false, seconds: seconds() };
  }
}

function chartFolder(folder: string): { folder: string; version: string } {
  const { version } = parse(readFileSync(path.join(folder, "Chart.yaml"), "utf8")) as {
    version: string;
  };
  return { folder: path.resolve(folder), version };
}

const versionsOf = ({ cli, cluster, chart, operator }: Tools): string =>
  [
    `pulumi ${cli.version}`,
    `Kubernetes ${cluster.version}`,
    `kube-prometheus-stack ${chart.version}${chart.valuesHaveEffect ? "" : ", rendered: values have no effect"}`,
    `prometheus-operator ${operator.version} (the chart ships ${chart.appVersion})`,
  ].join(", ");
