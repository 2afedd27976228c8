import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { readConfig, type StackConfig } from "../../config/config";
import { readStackFiles } from "../../simulation/stack-files";
import { unusualConfig } from "./check";
import { PROJECT_NAME, STACK, unusualFiles } from "./unusual-stacks";

const ROOT = path.join(__dirname, "..", "..");

/** What readConfig gives for the checked-in stacks and for the full one of the wiring tests. */
export interface ReadConfigs {
  readonly usual: readonly StackConfig[];
  readonly full: StackConfig;
}

export async function readConfigs(): Promise<ReadConfigs> {
  const usual: StackConfig[] = [];
  for (const stack of ["dev", "prod", "local"]) {
    const files = readStackFiles(ROOT, stack);
    usual.push(await read(files.project, stack, files.config, files.secretKeys));
  }
  const { config, secretKeys } = unusualFiles(unusualConfig("full"));
  return { usual, full: await read(PROJECT_NAME, STACK, config, secretKeys) };
}

async function read(
  project: string,
  stack: string,
  config: Readonly<Record<string, string>>,
  secretKeys: readonly string[],
): Promise<StackConfig> {
  const none = { newResource: () => ({ id: "", state: {} }), call: () => ({}) };
  await pulumi.runtime.setMocks(none, project, stack);
  pulumi.runtime.setAllConfig({ ...config }, [...secretKeys]);
  return readConfig();
}

/**
 * JavaScript for the constant that a wire which is cut off would most likely be stuck at: the first
 * value of a checked-in stack that is not the full stack's; `undefined` where there is none.
 */
export function usualConstant({ usual, full }: ReadConfigs, path: readonly string[]): string {
  const valueIn = (config: StackConfig) =>
    path.reduce<unknown>(
      (value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key],
      config,
    );
  const found = usual
    .map(valueIn)
    .find((value) => value !== undefined && !isDeepStrictEqual(value, valueIn(full)));
  return found === undefined ? "undefined" : JSON.stringify(found);
}
