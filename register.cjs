// Loads .ts files by taking their types off, line by line in place, so that stack traces stay true
// without source maps. The result is kept by the hash of its source: sucrase itself, a tenth of the
// program's start, is loaded only where a file is new.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const path = require("node:path");
const { addHook } = require("pirates");
const { dependencies } = require("./package.json");

const options = { transforms: ["imports", "typescript"], disableESTransforms: true };
const cache = path.join(__dirname, "node_modules", ".cache", `sucrase-${dependencies.sucrase}`);

/** JavaScript of a TypeScript source. */
const stripTypes = (code, filePath) =>
  require("sucrase").transform(code, { ...options, filePath }).code;

addHook(
  (code, filePath) => {
    const file = path.join(cache, `${createHash("sha256").update(code).digest("hex")}.js`);
    return kept(file) ?? keep(file, stripTypes(code, filePath));
  },
  { exts: [".ts"] },
);

function kept(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** Whole or not at all: another process may read it at the same moment. Without a place for it, the result is used once. */
function keep(file, code) {
  try {
    mkdirSync(cache, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, code);
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // A read-only installation is slower and works.
  }
  return code;
}

module.exports = { stripTypes };
