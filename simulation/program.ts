import { createRequire } from "node:module";
import path from "node:path";

const ROOT = path.join(__dirname, "..");
const load = createRequire(__filename);

/**
 * Runs the real index.ts and returns its exports, the stack's outputs. A module runs once in a
 * process and a program once in each of its lives, so it is forgotten first.
 */
export function runProgram(): Promise<unknown> {
  const entry = path.join(ROOT, "index.ts");
  // Only the entry: what it imports defines things and registers nothing.
  Reflect.deleteProperty(load.cache, entry);
  return Promise.resolve(load(entry));
}
