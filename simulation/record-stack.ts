import path from "node:path";
import { Cloud } from "./cloud/cloud";
import { runProgram } from "./program";
import { record, type Recording } from "./recorder";
import { readStackFiles } from "./stack-files";

const ROOT = path.join(__dirname, "..");

export interface RecordStackOptions {
  /** File to read in place of Pulumi.<stack>.yaml. */
  readonly configFile?: string;
  /** Keys to set beside those of the file, with or without their namespace. @default none */
  readonly config?: Readonly<Record<string, string>>;
  /** Secret keys to set, with or without their namespace. @default none */
  readonly secrets?: Readonly<Record<string, string>>;
  /** As `pulumi preview`: what a provider would add is unknown. @default false */
  readonly preview?: boolean;
}

/** The program's run over a stack's files, and the cloud that it ran in. */
export interface RecordedStack extends Recording {
  readonly cloud: Cloud;
}

/**
 * Runs the real index.ts with a stack's configuration in the simulated cloud.
 * @throws pulumi.RunError where the configuration is wrong
 */
export async function recordStack(
  stack: string,
  { configFile, config = {}, secrets = {}, preview = false }: RecordStackOptions = {},
): Promise<RecordedStack> {
  const files = readStackFiles(ROOT, stack, configFile);
  const full = (key: string) => (key.includes(":") ? key : `${files.project}:${key}`);
  const more = Object.entries({ ...config, ...secrets }).map(([key, value]) => [full(key), value]);
  const merged = { ...files.config, ...(Object.fromEntries(more) as Record<string, string>) };
  const secretKeys = [...files.secretKeys, ...Object.keys(secrets).map(full)];
  const cloud = Cloud.of(merged);
  const run = { project: files.project, stack, cloud, config: merged, secretKeys, preview };
  return { ...(await record(run, runProgram)), cloud };
}
