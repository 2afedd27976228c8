import { behaviourOf } from "../../simulation/cloud/behaviours";
import { difference, orphans, resultOf, unnamed } from "./comparison";
import type { Engine, Outcome, Saved } from "./engine";
import type { FaultResult } from "./faults";
import type { StateResource } from "./state";
import { type AccountResource, label } from "./account-resource";

/** An operation to kill: where it starts from, and the result that the recovery must reach. */
export interface KillCase {
  readonly operation: "up" | "destroy";
  readonly saved: Saved;
  /** Number of moments to kill at: the begin and the end of every call to the cloud. */
  readonly moments: number;
  /** The result of the operation when nobody kills it. */
  readonly wanted: string;
}

/**
 * Kills the CLI during an operation and then recovers as the documentation says. Calls that had begun
 * have taken effect in the account, and the state does not know of them.
 * @param moment how many calls have begun or ended when the CLI is killed
 */
export async function killAt(engine: Engine, kill: KillCase, moment: number): Promise<FaultResult> {
  engine.restore(kill.saved);
  let count = 0;
  let at = "";
  engine.account.onOperation = (phase, urn) => {
    count++;
    if (count !== moment) return;
    at = `${phase} ${urn}`;
    engine.kill();
  };
  const run = () => (kill.operation === "up" ? engine.up() : engine.destroy());
  const first = await run();
  engine.account.onOperation = () => undefined;
  if (!first.killed) throw new Error(`the ${kill.operation} was over before moment ${moment}`);
  const fault = `killed ${kill.operation} at call ${moment} of ${kill.moments}`;
  const urn = at.slice(at.indexOf("urn:"));

  const way = await recover(engine, first.repairs, run);
  const left = leftOver(engine, kill, way.last);
  const recovered = left.length === 0 && way.last.ok;
  return { fault, urn, recoveredBy: recovered ? way.commands : undefined, leftOver: left };
}

/** Runs the documented recovery. @returns its commands and the last outcome */
async function recover(
  engine: Engine,
  repairs: readonly string[],
  run: () => Promise<Outcome>,
): Promise<{ readonly commands: string; readonly last: Outcome }> {
  await engine.cancel();
  const commands = [...repairs, "cancel", ...repairReleases(engine)];
  const creates = engine.state().pending.filter(({ type }) => type === "creating");
  const made = creates.flatMap(({ resource }) => {
    const found = madeFor(resource, engine);
    return found ? [{ ...resource, id: found.id }] : [];
  });
  if (made.length > 0) {
    commands.push("import");
    await engine.import(made);
  }
  const flags = creates.length > 0 ? ["--clear-pending-creates"] : [];
  commands.push(["refresh", ...flags].join(" "));
  const refresh = await engine.refresh(flags);
  if (!refresh.ok) throw new Error(`refresh failed\n${refresh.console}`);
  return { commands: commands.join(", "), last: await run() };
}

/** A killed Helm leaves its release locked; unlocks every such release. */
function repairReleases(engine: Engine): string[] {
  return engine.account
    .all()
    .filter(({ locked }) => locked)
    .map((release) => engine.account.repairRelease(release));
}

/**
 * What was made for a pending create, found as a person finds it: of that type and name, and in no
 * state. Where a second create changes nothing, nobody needs to look.
 */
function madeFor(pending: StateResource, engine: Engine): AccountResource | undefined {
  const unknown = orphans(engine.state(), engine.account);
  return unknown.find(
    ({ type, urn }) => !behaviourOf(type).createPutsInPlace && urn === pending.urn,
  );
}

/** What is still wrong after the recovery, each by the name that it can be found by. */
function leftOver(engine: Engine, kill: KillCase, last: Outcome): string[] {
  const { account } = engine;
  const lost = orphans(engine.state(), account);
  const nameless = unnamed(lost, account);
  if (nameless.length > 0) {
    throw new Error(`left over and not to be found: ${nameless.map(({ id }) => id).join(", ")}`);
  }
  if (lost.length > 0)
    return lost.map((each) => `${each.type} ${label(each, account.defaultTags) ?? ""}`);
  if (kill.operation === "destroy") return account.inventory();
  if (!last.ok) return [last.console.slice(-500)];
  const differs = difference(resultOf(engine.state(), account), kill.wanted);
  return differs === undefined ? [] : [differs];
}

/** Numbers in [1, most], the same for the same seed (mulberry32). */
export function randomMoments(seed: number, most: number, count: number): number[] {
  let state = seed >>> 0;
  return Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return 1 + (((mixed ^ (mixed >>> 14)) >>> 0) % most);
  });
}
