import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import * as runtimeConfig from "@pulumi/pulumi/runtime/config";
import * as sdkState from "@pulumi/pulumi/runtime/state";
import { recordProgram } from "./support/simulated";

type Names = Readonly<Record<string, unknown>>;

/** docs/decisions/0007-sdk-internals.md: file, what it uses, and whether the SDK still has it. */
const INTERNALS: readonly (readonly [file: string, what: string, isThere: () => unknown])[] = [
  [
    "config/given.ts",
    "runtime/config isConfigSecret(key)",
    () => {
      pulumi.runtime.setAllConfig({ "p:open": "a", "p:closed": "b" }, ["p:closed"]);
      const { isConfigSecret } = runtimeConfig as unknown as {
        isConfigSecret: (key: string) => boolean;
      };
      return isConfigSecret("p:closed") && !isConfigSecret("p:open");
    },
  ],
  [
    "simulation/recorder.ts",
    "runtime/state getStore() with supportsTransforms and leakCandidates",
    () => {
      const { getStore } = sdkState as unknown as { getStore: () => Names };
      const { supportsTransforms, leakCandidates } = getStore();
      return typeof supportsTransforms === "boolean" && leakCandidates instanceof Set;
    },
  ],
  [
    "simulation/recorder.ts",
    "runtime/state getStore().callbacks with _target",
    async () => {
      const { getStore } = sdkState as unknown as { getStore: () => Names };
      let target: unknown;
      await recordProgram(() => {
        new pulumi.ResourceHook("probe", () => undefined);
        target = (getStore().callbacks as { _target?: unknown } | undefined)?._target;
      });
      return typeof (await target) === "string";
    },
  ],
  [
    "simulation/recorder.ts",
    "the mock monitor's registerResource, registerResourceOutputs and invoke",
    async () => {
      const none = { newResource: () => ({ id: "", state: {} }), call: () => ({}) };
      await pulumi.runtime.setMocks(none, "p", "s");
      const monitor = pulumi.runtime.getMonitor() as unknown as Names;
      const methods = ["registerResource", "registerResourceOutputs", "invoke"];
      return methods.every((method) => typeof monitor[method] === "function");
    },
  ],
  [
    "verification/rehearsal/engine-setup.ts",
    "runtime.grpcClientOptions",
    () => typeof (pulumi.runtime as unknown as Names).grpcClientOptions === "object",
  ],
  [
    "verification/rehearsal/command.ts",
    "PulumiCommand.prototype.run",
    () => typeof (PulumiCommand.prototype as unknown as Names).run === "function",
  ],
];

describe("the internals of the Pulumi SDK that are used", () => {
  for (const [file, what, isThere] of INTERNALS) {
    it(`are there for ${file}: ${what}`, async () => {
      assert.ok(
        await isThere(),
        `@pulumi/pulumi has no ${what} any more: change ${file} (docs/decisions/0007-sdk-internals.md)`,
      );
    });
  }
});
