import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { type Chart, findChart } from "../cluster/chart";
import { connect, type TestCluster } from "../cluster/cluster";
import { findOperator, type OperatorProgram } from "../cluster/operator";
import { type Cli, findCli, installCli } from "./cli";
import { ROOT } from "./engine-setup";

/** All that is needed to run the stack on a real Kubernetes. */
export interface Tools {
  readonly cli: Cli;
  readonly cluster: TestCluster;
  readonly chart: Chart;
  readonly operator: OperatorProgram;
}

/** What a command is given. */
interface Given {
  readonly kubeconfig?: string;
  readonly chart?: string;
  readonly installCli?: true;
}

/** @returns what is there, or one sentence about the first that is missing or not to be used */
export async function findTools(options: Given): Promise<Tools | { readonly missing: string }> {
  if (options.kubeconfig === undefined) {
    return {
      missing:
        "a Kubernetes that may be emptied is needed: give --kubeconfig FILE. CONTRIBUTING.md says how to get one",
    };
  }
  const cli = await (options.installCli ? installCli : findCli)(requiredVersion());
  if ("missing" in cli) return cli;
  const operator = findOperator();
  if ("missing" in operator) return operator;
  const found = findChart(options.chart === undefined ? {} : { folder: options.chart });
  if ("missing" in found) return found;
  const connected = await connect(options.kubeconfig);
  if ("refused" in connected) return { missing: connected.refused };
  return { cli, operator, chart: found.chart, cluster: connected.cluster };
}

/** The oldest CLI that Pulumi.yaml allows. */
export function requiredVersion(): string {
  const project = parse(readFileSync(path.join(ROOT, "Pulumi.yaml"), "utf8")) as Record<
    string,
    unknown
  >;
  const [, version] = /^>=(\d+\.\d+\.\d+)$/.exec(String(project.requiredPulumiVersion)) ?? [];
  if (!version) throw new Error("Pulumi.yaml asks for no version of the CLI");
  return version;
}
