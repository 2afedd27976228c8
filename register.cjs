// Loads .ts files by taking their types off, line by line in place, so that stack traces stay true
// without source maps. sucrase/register does the same and writes maps, a tenth of the program's start.
const { addHook } = require("pirates");
const { transform } = require("sucrase");

const options = { transforms: ["imports", "typescript"], disableESTransforms: true };
addHook((code, filePath) => transform(code, { ...options, filePath }).code, { exts: [".ts"] });
