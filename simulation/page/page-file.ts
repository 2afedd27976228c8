import { writeFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";

/**
 * What `--html` does.
 * @returns where the page is, which is printed
 * @throws pulumi.RunError with a sentence where it cannot be written
 */
export function writePage(file: string, html: string): string {
  try {
    writeFileSync(file, html);
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw new pulumi.RunError(
      `--html must be a file that can be written; got ${file} (${error.message})`,
    );
  }
  return path.resolve(file);
}
