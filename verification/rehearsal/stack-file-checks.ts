import assert from "node:assert/strict";
import path from "node:path";
import { beUp, type Check, type Stage } from "./checks";
import { leavesNothing } from "./destroy-checks";
import { ROOT } from "./engine-setup";
import { succeeded } from "./operations/apply";
import { stepsOf } from "./operations/operation";

/** Stacks with unusual values: all that is optional, and one of everything. */
const STACKS = ["full", "single"];

/** Each takes the place of prod, and is gone at the end. */
export const stackFileChecks: readonly Check[] = STACKS.map((name) => ({
  name: `stack ${name}: comes up, changes nothing on a second up, goes down`,
  run: (stage) => comeAndGo(stage, path.join(ROOT, "tests", "stacks", `Pulumi.${name}.yaml`)),
}));

async function comeAndGo(stage: Stage, file: string): Promise<string> {
  const { engine, charts, kedaChart } = stage;
  await engine.startAgain();
  // Without its CRDs KEDA cannot be installed: the stack then scales on CPU.
  const scaling = kedaChart === undefined ? { taskServiceRequestsPerSecond: 0 } : { kedaChart };
  const secrets = engine.work.take(file, { chart: charts.at(-1)?.folder, ...scaling });
  for (const secret of secrets) {
    await engine.run(["config", "set", "--secret", "--path", secret, `https://${secret}.example`]);
  }
  try {
    await succeeded(engine.up());
    assert.deepEqual(stepsOf(await succeeded(engine.up())), [], "a second up changes something");
    const made = engine.account.inventory().length;
    await beUp(stage);
    leavesNothing(engine, await engine.destroy());
    const without = kedaChart === undefined ? "; SKIPPED: KEDA, whose CRDs are not here" : "";
    return `${made} resources and objects came, 0 changed, 0 left${without}`;
  } finally {
    engine.work.reset();
  }
}
