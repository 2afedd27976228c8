import * as pulumi from "@pulumi/pulumi";

/**
 * Loads a module whose packages are optionalDependencies: `npm ci --omit=optional` leaves them out for
 * stacks that need none of them.
 * @param needed what needs them, as the subject of a sentence
 * @throws pulumi.RunError where they are not installed, with the command that installs them
 */
export function withOptionalPackages<T>(needed: string, load: () => T): T {
  try {
    return load();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "MODULE_NOT_FOUND") throw error;
    const [what = ""] = message.split("\n");
    throw new pulumi.RunError(
      `${needed} must find its packages; got ${what}. Fix: npm ci --include=optional`,
    );
  }
}
