import { readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import path from "node:path";
import type * as check from "./check";

/**
 * Runs the wiring tests with another source in the place of one file: `run-cut.ts FILE OTHER`.
 * Exits with 3 and the first problem where the tests see a difference, with 0 where they do not.
 */
const [file = "", other = ""] = process.argv.slice(2);
const replaced = path.resolve(file);

const extensions = (Module as unknown as { _extensions: Record<string, Loader> })._extensions;
type Loader = (module: { _compile(code: string, file: string): void }, file: string) => void;
const load = extensions[".ts"];
const requireHere = createRequire(__filename);
const { stripTypes } = requireHere("../../register.cjs") as {
  stripTypes: (code: string, file: string) => string;
};
extensions[".ts"] = (module, filename) => {
  if (filename !== replaced) {
    load?.(module, filename);
    return;
  }
  module._compile(stripTypes(readFileSync(other, "utf8"), filename), filename);
};

const tell = (problem: unknown): never => {
  process.stdout.write(`${String(problem).split("\n").slice(0, 2).join(" ")}\n`);
  process.exit(3);
};
process.on("uncaughtException", tell);
process.on("unhandledRejection", tell);

// Loaded only now, so that the other source is what it loads.
const { wiringProblems } = requireHere("./check") as typeof check;
void wiringProblems().then(([problem]) => {
  if (problem !== undefined) tell(problem);
});
