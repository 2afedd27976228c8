import assert from "node:assert/strict";
import { beUp, type Check, type Stage, UNPROTECTED, wantedResult } from "./checks";
import { everyCreateFails, everyDeleteFails, type FaultResult } from "./faults";
import { countMoments, killAt, randomMoments } from "./kills";
import type { Result } from "./result";

/** Faults at every step; each result is kept for the table. Deletion protection is off. */
export const faultChecks: readonly Check[] = [
  { name: "every create fails once, and up again recovers", run: creates },
  { name: "every delete fails once, and destroy again leaves nothing", run: deletes },
  { name: "up, killed at random moments", run: (stage) => kills(stage, "up") },
  { name: "destroy, killed at random moments", run: (stage) => kills(stage, "destroy") },
];

async function creates(stage: Stage): Promise<string> {
  const { engine, all, progress } = stage;
  engine.work.reset();
  engine.work.configure(UNPROTECTED);
  // By turns in a sample; each way for every resource where everything is tried.
  const runs = all
    ? ([["nothing made"], ["not ready"]] as const)
    : ([["nothing made", "not ready"]] as const);
  const results: FaultResult[] = [];
  for (const ways of runs) {
    await engine.startAgain();
    results.push(...(await everyCreateFails(engine, ways, wantedResult(stage), progress)));
  }
  return keep(stage, results);
}

/** Goes on from the stack that the creates have left. */
async function deletes(stage: Stage): Promise<string> {
  const { engine, progress } = stage;
  await beUp(stage);
  return keep(stage, await everyDeleteFails(engine, progress));
}

async function kills(stage: Stage, operation: "up" | "destroy"): Promise<string> {
  const { engine, helm, all, seed, progress } = stage;
  const wanted: Result | undefined = operation === "up" ? wantedResult(stage) : undefined;
  await prepare(stage, operation);
  const moments = await countMoments(engine, async () => {
    const undisturbed = await (operation === "up" ? engine.up() : engine.destroy());
    assert.ok(undisturbed.ok, undisturbed.console);
  });
  const results: FaultResult[] = [];
  const count = all ? (operation === "up" ? 4 : 2) : 1;
  for (const moment of randomMoments(seed, moments, count)) {
    await prepare(stage, operation);
    const kill = { operation, moments, ...(wanted && { wanted }) };
    // By turns alone, and with the provider that would go on.
    results.push(await killAt(engine, helm, kill, moment, results.length % 2 === 1));
    const last = results.at(-1);
    progress(
      `kill ${results.length} of ${count}, at ${last?.urn ?? ""}: ${last?.recoveredBy ?? "NOT RECOVERED"}`,
    );
  }
  return keep(stage, results);
}

/** Where the operation starts from. */
async function prepare(stage: Stage, operation: "up" | "destroy"): Promise<void> {
  if (operation === "up") await stage.engine.startAgain();
  else await beUp(stage);
}

/** For the table; a fault that nothing recovered fails the check. */
function keep(stage: Stage, results: readonly FaultResult[]): string {
  stage.faults.push(...results);
  const lost = results.filter(({ recoveredBy }) => recoveredBy === undefined);
  const reasons = [...new Set(lost.flatMap(({ leftOver }) => leftOver))];
  assert.equal(
    lost.length,
    0,
    `${lost.length} of ${results.length} faults not recovered: ${reasons.slice(0, 5).join("; ")}`,
  );
  return `${results.length} faults, ${results.length} recovered`;
}
