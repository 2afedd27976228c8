import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import * as language from "@pulumi/pulumi/proto/language_pb";
import { parse } from "yaml";
import type { RunProgram } from "../rehearsal/language";
import { ended } from "./ended";

/**
 * Starts a program as `pulumi-language-nodejs` does, which comes with an installed CLI: by the SDK's own
 * runner, `cmd/run`, in the project's folder with the `nodeargs` of Pulumi.yaml, given what the engine has
 * told. Nothing of the program is different from a plain `pulumi up`.
 */
export const runIn =
  (project: string): RunProgram =>
  (engine, request) =>
    run(project, engine, request);

/** The SDK's exit code for an error that it has told the engine of already. */
const ERROR_IS_LOGGED = 32;

async function run(
  project: string,
  engine: string,
  request: language.RunRequest,
): Promise<language.RunResponse> {
  const runner = path.join(project, "node_modules", "@pulumi", "pulumi", "cmd", "run");
  const flags = {
    monitor: request.getMonitorAddress(),
    engine,
    organization: request.getOrganization(),
    project: request.getProject(),
    stack: request.getStack(),
    pwd: request.getPwd(),
    parallel: String(request.getParallel()),
    ...(request.getDryrun() && { "dry-run": "true" }),
  };
  const args = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]);
  const env = {
    ...process.env,
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  };
  const child = spawn(process.execPath, [...nodeArguments(project), runner, ...args, "."], {
    cwd: project,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { code, printed } = await ended(child);
  const response = new language.RunResponse().setBail(code === ERROR_IS_LOGGED);
  if (code !== 0 && code !== ERROR_IS_LOGGED) {
    response.setError(`the program ended with ${String(code)}: ${printed}`);
  }
  return response;
}

/** `runtime.options.nodeargs` of Pulumi.yaml. */
function nodeArguments(project: string): string[] {
  const text = readFileSync(path.join(project, "Pulumi.yaml"), "utf8");
  const { runtime } = parse(text) as { runtime: { options: { nodeargs: string } } };
  return runtime.options.nodeargs.split(" ");
}
