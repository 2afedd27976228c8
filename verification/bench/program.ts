import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/**
 * What a stack loads before its first resource: the time that every pulumi command takes to start. Read
 * from index.ts itself, which cannot be loaded without an engine, and for the module of the platform that is
 * named as the argument from stack-cluster.ts.
 */
const root = path.join(__dirname, "..", "..");
const read = (file: string) => readFileSync(path.join(process.cwd(), file), "utf8");
const load = (from: string, specifier: string) => {
  createRequire(path.join(root, from))(specifier);
};
const [, , platform = "eks"] = process.argv;
for (const [, specifier = ""] of read("index.ts").matchAll(/ from "(.+)";$/gm)) {
  load("index.js", specifier);
}
const [, ofPlatform = ""] = read("components/stack-cluster.ts").split(`case "${platform}"`);
const [, specifier = "./no-such-platform"] = /requireHere\(\s*"(.+?)"/.exec(ofPlatform) ?? [];
load("components/stack-cluster.js", specifier);
