import assert from "node:assert/strict";

/**
 * A throw inside `apply`, or a mock that throws, rejects a promise that nobody awaits: mocha passes.
 * Collected here and asserted empty after each test, so that such a failure fails the run.
 */
const rejections: unknown[] = [];
process.on("unhandledRejection", (reason) => rejections.push(reason));

export const mochaHooks = {
  async afterEach(): Promise<void> {
    // Rejections are reported once the microtasks of the turn that made them are done.
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(rejections.splice(0), [], "a promise was rejected and nobody looked");
  },
};
