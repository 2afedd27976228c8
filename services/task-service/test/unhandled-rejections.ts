import assert from "node:assert/strict";
import type { RootHookObject } from "mocha";

// Mocha lets a rejection pass that nobody handles, when it comes after the test that caused it.
const rejections: unknown[] = [];
process.on("unhandledRejection", (reason) => {
  rejections.push(reason);
});

export const mochaHooks: RootHookObject = {
  async afterAll() {
    // A rejection is reported one turn after it happened.
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(rejections, [], "nobody handled these rejections");
  },
};
