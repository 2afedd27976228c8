import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { readConfig, type StackConfig } from "../../config/config";
import { PROJECT_NAME } from "./simulated";

/** What the CLI hands to a program. */
export interface HandedConfig {
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

/** Reads a stack's configuration as the program does. @throws what the program throws */
export async function readAs(stack: string, handed: HandedConfig): Promise<StackConfig> {
  pulumi.runtime.setAllConfig({ ...handed.config }, [...handed.secretKeys]);
  const none = () => ({ id: "", state: {} });
  await pulumi.runtime.setMocks({ newResource: none, call: () => ({}) }, PROJECT_NAME, stack);
  return readConfig();
}

/** The sentences that the program says, in their order; none where the configuration is right. */
export async function problemsOf(stack: string, handed: HandedConfig): Promise<string[]> {
  const message = await readAs(stack, handed).then(
    () => undefined,
    (error: unknown) => {
      if (pulumi.RunError.isInstance(error)) return error.message;
      throw error;
    },
  );
  if (message === undefined) return [];
  const [heading, ...sentences] = message.split("\n  ");
  const count = sentences.length === 1 ? "1 problem" : `${sentences.length} problems`;
  assert.equal(heading, `The configuration of stack ${stack} has ${count}:`);
  return sentences;
}
