import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { controllerMade } from "../../../simulation/account/controllers";
import { scheduleDestroy } from "../../../simulation/account/destroy-schedule";
import { leftovers } from "../../../simulation/account/leftovers";
import { scheduleUp } from "../../../simulation/account/up-schedule";
import { record, type Recording } from "../../../simulation/recorder";
import { readStackFiles } from "../../../simulation/stack-files";
import type { Cli } from "../../../verification/rehearsal/cli";
import { disagreements } from "../../../verification/rehearsal/agreement";
import { Engine } from "../../../verification/rehearsal/engine";
import { cloud, find, ROOT } from "../../support/simulated";
import { rehearsalCli } from "../../support/rehearsal-engine";

/** What hooks and transforms were called with. */
interface Calls {
  readonly hooks: string[];
  readonly transforms: string[];
}

/** Transforms of different resources come in any order. */
const inOrder = ({ hooks, transforms }: Calls): Calls => ({
  hooks,
  transforms: [...transforms].sort(),
});

const noCalls = (): Calls => ({ hooks: [], transforms: [] });

class Group extends pulumi.ComponentResource {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("test:index:Group", name, {}, opts);
    this.registerOutputs({ name });
  }
}

const seenOptions = ({ retainOnDelete, protect, deletedWith }: pulumi.ResourceOptions): string =>
  `${String(retainOnDelete)} ${String(protect)} ${deletedWith ? "deletedWith" : ""}`;

/** Every option that the engine hands down, changes or obeys, on resources that cost nothing. */
function withOptions(calls: Calls, isDryRunHook: boolean): PulumiFn {
  return () => {
    const hook = (name: string) =>
      new pulumi.ResourceHook(
        name,
        ({ name: resource, newInputs, newOutputs }) => {
          const outputs = newOutputs as { arn?: string } | undefined;
          calls.hooks.push(
            `${name} ${resource} ${String(newInputs?.name)} ${String(outputs?.arn)}`,
          );
        },
        { onDryRun: isDryRunHook },
      );
    pulumi.runtime.registerResourceTransform(({ type, props, opts }) =>
      type === "aws:sns/topic:Topic"
        ? { props: { ...props, displayName: `${String(props.displayName)}, stack` }, opts }
        : undefined,
    );
    const group = new Group("retained", {
      retainOnDelete: true,
      transforms: [
        ({ name, props, opts }) => {
          calls.transforms.push(`${name} ${seenOptions(opts)}`);
          return {
            props: { ...props, displayName: `${String(props.displayName)}, parent` },
            opts,
          };
        },
      ],
    });
    const topic = (name: string, opts: pulumi.CustomResourceOptions) =>
      new aws.sns.Topic(name, { name, displayName: name }, opts);
    topic("inherits", { parent: group });
    topic("states", {
      parent: group,
      retainOnDelete: false,
      deleteBeforeReplace: true,
      replacementTrigger: "first",
    });
    topic("transformed", {
      transforms: [
        ({ props, opts }) => ({
          props: { ...props, displayName: `${String(props.displayName)}, own` },
          opts: pulumi.mergeOptions(opts, { protect: false, ignoreChanges: ["tags"] }),
        }),
      ],
      hooks: {
        beforeCreate: [hook("before")],
        afterCreate: [hook("after")],
        beforeDelete: [hook("before-delete")],
      },
    });
    // Deep enough that only the edge of deletedWith makes its delete come last.
    const outer = new Group("outer");
    const parent = new Group("inner", { parent: outer });
    const repository = new aws.ecr.Repository("repository", { name: "repository" }, { parent });
    const inside = new Group("inside", {
      deletedWith: repository,
      transforms: [
        ({ name, opts }) => {
          calls.transforms.push(`${name} ${seenOptions(opts)}`);
          return undefined;
        },
      ],
    });
    new aws.ecr.LifecyclePolicy(
      "goes-along",
      { repository: "repository", policy: "{}" },
      { parent: inside },
    );
    topic("leaks", { parent: inside });
    return Promise.resolve({ inherited: group.urn });
  };
}

describe("options of resources, in the simulation as in the engine", function () {
  const { project, config, secretKeys } = readStackFiles(ROOT, "dev");
  const recorded = (program: PulumiFn, preview = false): Promise<Recording> =>
    record({ project, stack: "dev", cloud, config, secretKeys, preview }, program);

  let cli: Cli;
  before(async function () {
    cli = await rehearsalCli(this);
  });

  async function withEngine(program: PulumiFn, run: (engine: Engine) => Promise<void>) {
    const engine = await Engine.open(cli, { stack: "dev", program });
    try {
      await run(engine);
    } finally {
      engine.close();
    }
  }

  it("come to the same state, the same hooks and the same leftovers", async () => {
    const [inEngine, inRecording] = [noCalls(), noCalls()];
    const recording = await recorded(withOptions(inRecording, false));
    await withEngine(withOptions(inEngine, false), async (engine) => {
      const preview = await engine.preview();
      assert.ok(preview.ok, preview.console);
      assert.deepEqual(inEngine.hooks, [], "a hook without onDryRun ran in the preview");
      inEngine.transforms.length = 0;
      const up = await engine.up();
      assert.ok(up.ok, up.console);
      assert.equal(find(recording, "aws:sns/topic:Topic", "states").deleteBeforeReplace, true);
      assert.deepEqual(disagreements(recording, await engine.openState(), cloud), []);
      assert.deepEqual(inOrder(inEngine), inOrder(inRecording));
      assert.equal(inRecording.hooks.length, 2);

      const destroy = await engine.destroy({ runProgram: true });
      assert.ok(destroy.ok, destroy.console);
      assert.match(String(inEngine.hooks), /before-delete transformed/);
      const deleted = destroy.steps.map(({ urn }) => urn);
      for (const urns of [deleted, scheduleOf(recording).waves.flat()]) {
        const position = (name: string) => urns.findIndex((urn) => urn.endsWith(`::${name}`));
        assert.ok(position("goes-along") < position("repository"), urns.join("\n"));
      }

      const left = leftoversOf(recording).map(({ kind, name }) => `${kind} ${name}`);
      const inAccount = engine.account
        .all()
        .map(({ type, name }) => `${type} ${name}`)
        .sort();
      assert.deepEqual(inAccount, left.sort());
      assert.deepEqual(left, ["aws:sns/topic:Topic inherits", "aws:sns/topic:Topic leaks"]);
    });
  });

  it("run hooks with onDryRun in a preview", async () => {
    const [inEngine, inRecording] = [noCalls(), noCalls()];
    const notAsked = noCalls();
    await recorded(withOptions(notAsked, false), true);
    assert.deepEqual(notAsked.hooks, []);
    await recorded(withOptions(inRecording, true), true);
    await withEngine(withOptions(inEngine, true), async (engine) => {
      const preview = await engine.preview();
      assert.ok(preview.ok, preview.console);
    });
    assert.deepEqual(inOrder(inEngine), inOrder(inRecording));
    assert.equal(inRecording.hooks.length, 2);
  });

  const failing =
    (moment: "beforeCreate" | "afterCreate"): PulumiFn =>
    () => {
      const refuse = () => {
        throw new Error("the topic must have an owner; got none");
      };
      new aws.sns.Topic("t", { name: "t" }, { hooks: { [moment]: [refuse] } });
      return Promise.resolve({});
    };

  for (const moment of ["beforeCreate", "afterCreate"] as const) {
    it(`fail with a failing ${moment} hook, in its words`, async () => {
      await assert.rejects(recorded(failing(moment)), /the topic must have an owner; got none/);
      await withEngine(failing(moment), async (engine) => {
        const up = await engine.up();
        assert.equal(up.ok, false, "a failing hook does not fail up");
        assert.match(up.console, /the topic must have an owner; got none/);
      });
    });
  }
});

const scheduleOf = ({ resources }: Recording) =>
  scheduleDestroy(resources, scheduleUp(resources, cloud), cloud);

function leftoversOf(recording: Recording) {
  const { resources } = recording;
  const made = controllerMade(resources, scheduleUp(resources, cloud).spans, cloud);
  return leftovers(resources, made, scheduleOf(recording).spans, cloud);
}
