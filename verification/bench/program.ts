import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/**
 * What index.ts loads before its first resource: the time that every pulumi command takes to start. Read
 * from index.ts itself, which cannot be loaded without an engine.
 */
const load = createRequire(path.join(__dirname, "..", "..", "index.js"));
const source = readFileSync(path.join(process.cwd(), "index.ts"), "utf8");
for (const [, specifier = ""] of source.matchAll(/ from "(.+)";$/gm)) load(specifier);
