import assert from "node:assert/strict";
import { type Check, savedAs, type Stage } from "./checks";
import { resultOf } from "./comparison";
import type { Outcome, Saved } from "./engine";
import {
  everyCreateFails,
  everyDeleteFails,
  type FaultResult,
  oneCreateFails,
  oneDeleteFails,
} from "./faults";
import { killAt, type KillCase, randomMoments } from "./interruption";
import { withNewerChart } from "./update-checks";

/** Faults at every step; each result is kept for the table. */
export const faultChecks: readonly Check[] = [
  { name: "every create fails in two ways, and up again recovers", run: creates },
  { name: "every delete fails once, and destroy again leaves nothing", run: deletes },
  { name: "up, killed at random moments", run: (stage) => kills(stage, "up") },
  { name: "destroy, killed at random moments", run: (stage) => kills(stage, "destroy") },
  { name: "a chart upgrade, killed while Helm is at work", run: killedUpgrade },
];

async function creates(stage: Stage): Promise<string> {
  const { engine, all, progress } = stage;
  const { wanted } = await undisturbed(stage, "up");
  engine.restore(savedAs(stage, "empty"));
  // For a sample, both faults happen to each resource in the same run, one after the other.
  const both = ["nothing made", "not ready"] as const;
  const run = await everyCreateFails(engine, all ? ["nothing made"] : both, wanted, progress);
  if (!all) return keep(stage, run.results);
  const results: FaultResult[] = [];
  const cases = run.layers.flatMap(({ saved, urns }) => urns.map((urn) => ({ saved, urn })));
  for (const [index, { saved, urn }] of cases.entries()) {
    results.push(...(await oneCreateFails(engine, saved, urn, both, wanted)));
    progress(`create ${index + 1} of ${cases.length}: ${urn}`);
  }
  return keep(stage, results);
}

async function deletes(stage: Stage): Promise<string> {
  const { engine, all, progress } = stage;
  const saved = savedAs(stage, "unprotected");
  engine.restore(saved);
  const together = await everyDeleteFails(engine, progress);
  if (!all) return keep(stage, together);
  const results: FaultResult[] = [];
  for (const { urn } of together) {
    results.push(await oneDeleteFails(engine, saved, urn));
    progress(`delete ${results.length} of ${together.length}: ${urn}`);
  }
  return keep(stage, results);
}

async function kills(stage: Stage, operation: "up" | "destroy"): Promise<string> {
  const { engine, all, seed, progress } = stage;
  const { saved, wanted, moments } = await undisturbed(stage, operation);
  const kill: KillCase = { operation, saved, wanted, moments };
  const results: FaultResult[] = [];
  const count = (operation === "up" ? 2 : 1) * (all ? 10 : 2);
  for (const moment of randomMoments(seed, moments, count)) {
    results.push(await killAt(engine, kill, moment));
    progress(`kill ${results.length} of ${count}: ${results.at(-1)?.recoveredBy ?? "lost"}`);
  }
  return keep(stage, results);
}

async function killedUpgrade(stage: Stage): Promise<string> {
  return withNewerChart(async () => {
    const saved = savedAs(stage, "unprotected");
    const { wanted, moments } = await undisturbed(stage, "up", saved);
    const kill: KillCase = { operation: "up", saved, wanted, moments };
    // The upgrade is the only call: from its begin to its end Helm is at work.
    return keep(stage, [await killAt(stage.engine, kill, 1)]);
  });
}

/** What the operation comes to when nothing happens to it, and how many calls it takes. */
async function undisturbed(stage: Stage, operation: "up" | "destroy", from?: Saved) {
  const { engine } = stage;
  const saved = from ?? savedAs(stage, operation === "up" ? "empty" : "unprotected");
  engine.restore(saved);
  let moments = 0;
  engine.account.onOperation = () => {
    moments++;
  };
  const outcome: Outcome = await (operation === "up" ? engine.up() : engine.destroy());
  assert.ok(outcome.ok, outcome.console);
  return { saved, wanted: resultOf(engine.state(), engine.account), moments };
}

/** For the table; a fault that nothing recovered fails the check. */
function keep(stage: Stage, results: readonly FaultResult[]): string {
  stage.faults.push(...results);
  const lost = results.filter(({ recoveredBy }) => recoveredBy === undefined);
  const lines = lost.map(({ fault, urn, leftOver }) => `${fault}, ${urn}: ${leftOver.join("; ")}`);
  assert.equal(lost.length, 0, `not recovered:\n${lines.join("\n")}`);
  return `${results.length} faults, ${results.length - lost.length} recovered`;
}
