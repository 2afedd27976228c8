import { setTimeout as delay } from "node:timers/promises";
import { behaviourOf } from "../../simulation/cloud/behaviours";
import { label } from "./account-resource";
import type { Engine } from "./engine";
import type { Helm, HelmRelease } from "./helm";
import { orphans } from "./result";
import type { StateResource } from "./state";

/** How long a provider of a dead CLI may work on before it is killed, in milliseconds. */
const PROVIDER_MILLISECONDS = 60_000;

/**
 * The way back after a CLI was killed, step by step as docs/reliability.md has it. The operation itself
 * is to be run again afterwards.
 * @returns the commands, in order
 */
export async function recover(
  engine: Engine,
  helm: Helm,
  repairs: readonly string[] = [],
): Promise<string[]> {
  const commands = [...repairs];
  if (engine.hasProviders()) {
    await waitForHelm(helm);
    engine.endProviders();
    commands.push("end the provider");
  }
  await engine.account.settle();
  await engine.cancel();
  commands.push("cancel");
  commands.push(...(await repairReleases(helm)));
  const creates = engine.state().pending.filter(({ type }) => type === "creating");
  const made: StateResource[] = [];
  for (const { resource } of creates) {
    const id = await idOfMade(resource, engine, helm);
    if (id !== undefined) made.push({ ...resource, id });
  }
  if (made.length > 0) {
    await engine.import(made);
    commands.push("import");
  }
  const flags = creates.length > 0 ? ["--clear-pending-creates"] : [];
  const refresh = await engine.refresh(flags);
  if (!refresh.ok) throw new Error(`refresh failed: ${refresh.console.slice(-1500)}`);
  commands.push(["refresh", ...flags].join(" "));
  return commands;
}

/** A provider that survived its CLI goes on with Helm: it is given time to end. */
async function waitForHelm(helm: Helm): Promise<void> {
  const deadline = Date.now() + PROVIDER_MILLISECONDS;
  while (Date.now() < deadline) {
    const releases = await helm.list().catch(() => []);
    if (releases.every(({ status }) => !isUnfinished(status))) return;
    await delay(1000);
  }
}

const isUnfinished = (status: string): boolean =>
  status.startsWith("pending-") || status === "uninstalling";

/** An unfinished release refuses every later operation; `uninstalling` does not. */
async function repairReleases(helm: Helm): Promise<string[]> {
  const done: string[] = [];
  for (const release of await helm.list()) {
    if (!release.status.startsWith("pending-")) continue;
    done.push(await repair(helm, release));
  }
  return done;
}

async function repair(helm: Helm, release: HelmRelease): Promise<string> {
  if (release.status === "pending-install") {
    await helm.uninstall(release);
    return "helm uninstall";
  }
  await helm.rollback(release);
  return "helm rollback";
}

/**
 * Id of what was made for a pending create, found as a person finds it: by its type and name. Where a
 * second create changes nothing, as on Kubernetes, nobody needs to look; but Helm installs a release
 * once only.
 */
async function idOfMade(
  pending: StateResource,
  engine: Engine,
  helm: Helm,
): Promise<string | undefined> {
  if (pending.type === RELEASE) {
    const name = String(pending.inputs.name);
    const release = (await helm.list()).find((each) => each.name === name);
    return release && `${release.namespace}/${release.name}`;
  }
  if (pending.type.startsWith("kubernetes:")) return undefined;
  const found = orphans(engine.state(), engine.account).find(({ urn }) => urn === pending.urn);
  if (!found || behaviourOf(found.type).createPutsInPlace) return undefined;
  if (label(found, engine.account.defaultTags) === undefined) {
    throw new Error(`${found.type} ${found.id} is in no state, and has neither name nor tag`);
  }
  return found.id;
}

const RELEASE = "kubernetes:helm.sh/v3:Release";
