import assert from "node:assert/strict";
import { controllerMade } from "../../simulation/account/controllers";
import { scheduleDestroy } from "../../simulation/account/destroy-schedule";
import { leftovers } from "../../simulation/account/leftovers";
import { scheduleUp } from "../../simulation/account/up-schedule";
import { runProgram } from "../../simulation/program";
import { type Recording, record } from "../../simulation/recorder";
import { readStackFiles } from "../../simulation/stack-files";
import { settled } from "../cluster/settled";
import { disagreements, monthlyUsd } from "./agreement";
import type { Check, Stage } from "./checks";
import { Engine, type Outcome } from "./engine";

/** The simulation of `npm start` against engine and Kubernetes: objects, order and leftovers. */
export const agreementChecks: readonly Check[] = ["prod", "dev"].map((stack) => ({
  name: `engine and simulation agree on objects, order and leftovers: ${stack}`,
  run: (stage) => agrees(stage, stack),
}));

/** Parallel deletes: all of a wave at once, as in the simulation. */
const WIDE = 100;

/** Comes up and goes down again with a stack of its own; what is there before is taken away. */
async function agrees(stage: Stage, stack: string): Promise<string> {
  const { cli, charts, valuesHaveEffect } = stage;
  const { cluster } = stage.engine;
  const engine = await Engine.open(cli, {
    stack,
    cluster,
    config: {
      chart: charts.at(-1)?.folder,
      deletionProtection: false,
    },
  });
  try {
    const up = await engine.up();
    assert.ok(up.ok, up.console);
    const { project, config } = readStackFiles(engine.work.folder, stack);
    const run = { project, stack, config, secretKeys: [], cloud: engine.cloud };
    const recording = await record(run, runProgram);
    assert.deepEqual(disagreements(recording, await engine.openState(), engine.cloud), []);
    // A rendered chart claims the volumes of prod in any stack.
    if (valuesHaveEffect || stack === "prod") {
      // The operator makes the claims after the chart is there.
      assert.equal(await settled(cluster.kubernetes, { operator: true }), undefined);
      assert.deepEqual(controllersInAccount(engine), controllersInSimulation(recording, engine));
    }

    const destroy = await engine.destroy({ parallel: WIDE });
    assert.ok(destroy.ok, destroy.console);
    const schedules = scheduleOf(recording, engine);
    assert.deepEqual(outOfOrder(recording, destroy, schedules.destroy.waves), []);
    assert.deepEqual(engine.account.inventory(), schedules.left);
    const usd = monthlyUsd(recording.resources, engine.cloud);
    return `${recording.resources.length} resources, ${usd.toFixed(2)} USD a month, ${schedules.left.length} left over`;
  } finally {
    engine.close();
  }
}

function scheduleOf({ resources }: Recording, { cloud }: Engine) {
  const up = scheduleUp(resources, cloud);
  const destroy = scheduleDestroy(resources, up, cloud);
  const made = controllerMade(resources, up.spans, cloud);
  const left = leftovers(resources, made, destroy.spans, cloud);
  return { destroy, left: left.map(({ kind, name }) => `${kind} ${name}`) };
}

/** Kinds that the played controllers make, as many as there are. */
const PLAYED = ["LoadBalancer", "Volume"];

const controllersInAccount = (engine: Engine): string[] =>
  engine.account
    .inventory()
    .flatMap((line) => PLAYED.filter((kind) => line.startsWith(`${kind} `)));

const controllersInSimulation = ({ resources }: Recording, { cloud }: Engine): string[] =>
  controllerMade(resources, new Map(), cloud)
    .map(({ kind }): string => kind)
    .filter((kind) => PLAYED.includes(kind))
    .sort();

/** Pairs that the engine deleted in another order than the simulation. */
function outOfOrder(
  { resources }: Recording,
  { steps }: Outcome,
  waves: readonly (readonly string[])[],
): string[] {
  const begun = new Map(steps.map(({ urn }, index) => [urn, index]));
  const wave = new Map(waves.flatMap((urns, index) => urns.map((urn) => [urn, index] as const)));
  return resources.flatMap(({ urn, dependencies }) =>
    dependencies
      .filter((other) => {
        const positions = [begun.get(urn), begun.get(other)];
        const inWaves = [wave.get(urn), wave.get(other)];
        if ([...positions, ...inWaves].includes(undefined)) return false;
        const [first = 0, second = 0] = positions;
        const [earlier = 0, later = 0] = inWaves;
        return earlier < later !== first < second;
      })
      .map((other) => `${urn} before ${other}`),
  );
}
