import { createRequire } from "node:module";
import path from "node:path";

const ROOT = path.join(__dirname, "..");
const load = createRequire(__filename);

/**
 * Runs the real index.ts and returns its exports, which are the stack's outputs. Node.js runs a module
 * once in a process, so index.ts is taken out of the module cache first: it may run many times.
 */
export function runProgram(): Promise<unknown> {
  const entry = path.join(ROOT, "index.ts");
  // Only index.ts registers resources; what it imports can stay in the cache.
  Reflect.deleteProperty(load.cache, entry);
  return Promise.resolve(load(entry));
}
