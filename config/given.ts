import * as runtimeConfig from "@pulumi/pulumi/runtime/config";

/** What the stack says of one key. */
export interface Given {
  /** Lists and objects as JSON; absent where neither the stack file nor Pulumi.yaml has the key. */
  readonly text: string | undefined;
  readonly isSecret: boolean;
  /** The stack's region, on which some rules depend. */
  readonly region: string;
}

/** The SDK knows, and has no public way to ask. */
export const isSecret = (fullKey: string): boolean =>
  (runtimeConfig as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(fullKey);

/** @returns undefined where the text is not JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
