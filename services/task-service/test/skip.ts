import type { Context } from "mocha";

/**
 * Skips a test for want of something outside this repository, and says so. Where `CI` is set
 * nothing may be wanting: there it fails.
 */
export function skip(context: Context, reason: string): never {
  if (process.env.CI !== undefined) throw new Error(`CI may not skip this: ${reason}`);
  console.warn(`      SKIPPED: ${reason}`);
  context.skip();
}
