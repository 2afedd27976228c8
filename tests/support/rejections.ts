import assert from "node:assert/strict";

/**
 * A throw inside `apply`, or a mock that throws, rejects a promise that nobody awaits: mocha passes.
 * Collected here and asserted empty after each test, so that such a failure fails the run.
 */
const rejections: unknown[] = [];
process.on("unhandledRejection", (reason) => rejections.push(reason));

const expected: RegExp[] = [];

/** For a test of a failure: rejections of this kind are what it is after. Until the test ends. */
export function expectRejections(message: RegExp): void {
  expected.push(message);
}

export const mochaHooks = {
  async afterEach(): Promise<void> {
    // Rejections are reported once the microtasks of the turn that made them are done.
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    const patterns = expected.splice(0);
    const unexpected = rejections
      .splice(0)
      .filter((reason) => !patterns.some((pattern) => pattern.test(String(reason))));
    assert.deepEqual(unexpected, [], "a promise was rejected and nobody looked");
  },
};
