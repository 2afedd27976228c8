import { execFile } from "node:child_process";
import type { Service } from "../components/stack-check/script/grafana.cjs";

/** What the stack's outputs say, as far as it is looked at from outside. */
export interface StackOutputs {
  readonly grafanaUrl: string;
  readonly user: string;
  readonly password: string;
  /** What has to run meanwhile. @default nothing: the address is open */
  readonly grafanaCommand?: string;
  readonly services: readonly Service[];
}

/**
 * Asks the CLI, secrets in clear: they are kept in memory only.
 * @throws Error with a sentence where the CLI does not answer, or the stack is not up
 */
export async function readOutputs(stack: string | undefined): Promise<StackOutputs> {
  const named = stack === undefined ? [] : ["--stack", stack];
  const json = await pulumi(["stack", "output", "--json", "--show-secrets", ...named]);
  const outputs = JSON.parse(json) as Readonly<Record<string, unknown>>;
  const text = (name: string): string => {
    const value = outputs[name];
    if (typeof value === "string") return value;
    const up = `pulumi up${named.map((each) => ` ${each}`).join("")}`;
    throw new Error(`the stack must have the output ${name}; got none. Fix: ${up}`);
  };
  const services = Object.entries((outputs.services ?? {}) as Record<string, { alive: string }>);
  return {
    grafanaUrl: text("grafanaUrl").replace(/\/+$/, ""),
    user: text("grafanaAdminUser"),
    password: text("grafanaAdminPassword"),
    ...(typeof outputs.grafanaCommand === "string" && { grafanaCommand: outputs.grafanaCommand }),
    services: services.map(([name, { alive }]) => ({ name, alive })),
  };
}

const pulumi = (args: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile("pulumi", args, { encoding: "utf8" }, (error, stdout, stderr) => {
      if (error === null) {
        resolve(stdout);
        return;
      }
      const isMissing = error.code === "ENOENT";
      // What it has printed is not told: it could hold a secret.
      const [why = "no reason"] = stderr.trim().split("\n").slice(-1);
      const got = isMissing ? "no such program" : why;
      const fix = isMissing
        ? "https://www.pulumi.com/docs/iac/download-install/"
        : "pulumi stack ls, and name one with --stack";
      reject(
        new Error(`pulumi stack output must give the stack's outputs; got ${got}. Fix: ${fix}`),
      );
    });
  });
