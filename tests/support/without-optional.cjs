/**
 * Preloaded (`node -r`), it makes every package of optionalDependencies as good as not installed, as after
 * `npm ci --omit=optional`.
 */
const Module = require("node:module");
const { optionalDependencies } = require("../../package.json");

const absent = Object.keys(optionalDependencies);
const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...others) {
  if (absent.some((name) => request === name || request.startsWith(`${name}/`))) {
    const error = new Error(`Cannot find module '${request}'`);
    error.code = "MODULE_NOT_FOUND";
    throw error;
  }
  return resolve.call(this, request, ...others);
};
