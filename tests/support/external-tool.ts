import { spawnSync } from "node:child_process";
import type { Context } from "mocha";

/**
 * Skips the test, visibly, where a program is not installed; with PROOF=required that is a failure.
 * @param names what the program may be called
 * @returns the name it has here
 */
export function externalTool(test: Context, ...names: [string, ...string[]]): string {
  const found = names.find((name) => spawnSync(name, ["--version"]).error === undefined);
  if (found !== undefined) return found;
  missing(test, `${names.join(" or ")} is not on PATH`);
}

/** Skips the test, visibly, where data beside the repository is not there: a clone has none. */
export function absent(test: Context, what: string): never {
  console.log(`      skipped: ${what} is not there`);
  test.skip();
}

/** Skips the test for a reason that is printed; with PROOF=required that is a failure. */
export function missing(test: Context, what: string): never {
  if (process.env.PROOF === "required") throw new Error(`PROOF=required, but ${what}`);
  console.log(`      skipped: ${what}`);
  test.skip();
}
