import assert from "node:assert/strict";
import path from "node:path";
import { UNPROTECTED, type Check, type Stage } from "./checks";
import { leftInCluster } from "./destroy-checks";
import { ROOT } from "./engine-setup";
import { stepsOf } from "./operations/operation";

/** Stacks with unusual values: all that is optional, and one of everything. */
const STACKS = ["full", "single"];

/** Each takes the place of prod, and is gone at the end. */
export const stackFileChecks: readonly Check[] = STACKS.map((name) => ({
  name: `stack ${name}: comes up, changes nothing on a second up, goes down`,
  run: (stage) => comeAndGo(stage, path.join(ROOT, "tests", "stacks", `Pulumi.${name}.yaml`)),
}));

async function comeAndGo({ engine, charts }: Stage, file: string): Promise<string> {
  await engine.startAgain();
  const secrets = engine.work.take(file, { chart: charts.at(-1)?.folder });
  for (const secret of secrets) {
    await engine.run(["config", "set", "--secret", "--path", secret, `https://${secret}.example`]);
  }
  try {
    const up = await engine.up();
    assert.ok(up.ok, up.console.slice(-3000));
    const again = await engine.up();
    assert.ok(again.ok, again.console.slice(-3000));
    assert.deepEqual(stepsOf(again), [], "a second up changes something");
    const made = engine.account.inventory().length;
    engine.work.configure(UNPROTECTED);
    const unprotected = await engine.up();
    assert.ok(unprotected.ok, unprotected.console.slice(-3000));
    const destroy = await engine.destroy();
    assert.ok(destroy.ok, destroy.console.slice(-3000));
    assert.deepEqual(engine.account.inventory(), []);
    assert.deepEqual(leftInCluster(engine), [], "left in the cluster until its end");
    return `${made} resources and objects came, 0 changed, 0 left`;
  } finally {
    engine.work.reset();
  }
}
