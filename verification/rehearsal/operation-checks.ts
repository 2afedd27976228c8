import assert from "node:assert/strict";
import type { Check, Stage } from "./checks";
import type { OperationGroup } from "./operations/operation";
import { operationGroups } from "./operations/operations";
import { type OperationResult, runGroup, whySkipped } from "./operations/run";

/** Everyday operations, group by group. */
export const operationChecks: readonly Check[] = operationGroups.map((group) => ({
  name: `operations: ${group.name}`,
  run: (stage) => runOperations(stage, group),
}));

async function runOperations(stage: Stage, group: OperationGroup): Promise<string> {
  const skipped = whySkipped(group, { ...stage, charts: stage.charts.length });
  if (skipped !== undefined) {
    for (const { name, expected } of group.operations) {
      stage.operations.push({ name, expected, skipped, differences: [], lostUnannounced: [] });
    }
    return `SKIPPED: ${skipped}`;
  }
  const results = await runGroup(group, stage);
  stage.operations.push(...results);
  const wrong = results.filter((result) => !isAsExpected(result));
  // What went wrong must not be taken for the doing of the next group.
  if (group.endsTheStack || wrong.length > 0) await comeUpAgain(stage);
  assert.equal(wrong.length, 0, wrong.map(sentence).join("; "));
  return `${results.length} as expected`;
}

/** Whether an operation did what the table says, and lost nothing that its preview had not named. */
export const isAsExpected = ({ seen, differences, lostUnannounced }: OperationResult): boolean =>
  seen !== undefined && differences.length === 0 && lostUnannounced.length === 0;

const sentence = ({ name, differences, lostUnannounced }: OperationResult): string =>
  [
    `${name}: ${differences.join("; ")}`,
    ...(lostUnannounced.length > 0 ? [`lost unannounced: ${lostUnannounced.join(", ")}`] : []),
  ].join("; ");

/** A new stack, as the first `up` made it. */
async function comeUpAgain({ engine }: Stage): Promise<void> {
  engine.work.reset();
  await engine.startAgain();
  const up = await engine.up();
  assert.ok(up.ok, up.console);
}
