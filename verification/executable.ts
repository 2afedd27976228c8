import { accessSync, constants } from "node:fs";
import path from "node:path";

/**
 * Looks for a program on PATH.
 * @param more folders to look in after those of PATH. @default none
 * @returns its absolute path
 */
export function findExecutable(program: string, more: readonly string[] = []): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(path.delimiter), ...more];
  return folders.map((folder) => path.resolve(folder, program)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
