import path from "node:path";
import { Cloud } from "../../simulation/cloud/cloud";
import { runProgram } from "../../simulation/program";
import { record, type Recording } from "../../simulation/recorder";
import { readStackFiles } from "../../simulation/stack-files";

const ROOT = path.join(__dirname, "..", "..");

/** Neither the project's nor a checked-in stack's name, so that nothing can be right by chance. */
export const PROJECT_NAME = "unusual-project";
export const STACK = "seven";

/**
 * `full` switches on what is optional. `zone` has a domain whose certificate and record the stack makes. Two are
 * on a cluster that is there: `ingress` has a controller and a domain, `laptop` a node port and a registry.
 */
export type FilledKind = "full" | "ingress" | "laptop" | "zone";

/**
 * `plain` leaves out what is optional; `quotes` has the other service, `domain` a domain for which the ingress
 * controller has the certificate.
 */
export type StackKind = FilledKind | "plain" | "quotes" | "domain";
export type StackConfig = Readonly<Record<string, string>>;

/** Runs the program with Pulumi.yaml's defaults and the values given. */
export function recordUnusual(given: StackConfig): Promise<Recording> {
  const { config, secretKeys } = unusualFiles(given);
  const cloud = Cloud.of(config);
  return record({ project: PROJECT_NAME, stack: STACK, config, secretKeys, cloud }, runProgram);
}

/**
 * What the CLI would pass on.
 * @param given keys with or without their namespace; those of secrets are set as secrets
 */
export function unusualFiles(given: StackConfig): {
  readonly config: StackConfig;
  readonly secretKeys: readonly string[];
} {
  const files = readStackFiles(ROOT, given.platform === "kubeconfig" ? "local" : "dev");
  const own = `${files.project}:`;
  const rename = (key: string) =>
    key.startsWith(own) ? key.replace(own, `${PROJECT_NAME}:`) : key;
  const full = (key: string) => (key.includes(":") ? key : `${PROJECT_NAME}:${key}`);
  const config = Object.fromEntries([
    ...Object.entries(files.config).map(([key, value]) => [rename(key), value]),
    ...Object.entries(given).map(([key, value]) => [full(key), value]),
  ]) as Record<string, string>;
  const secrets = ["receiverSecrets", "grafanaSecrets", "remoteWriteSecrets"];
  return { config, secretKeys: secrets.map(full) };
}
