import assert from "node:assert/strict";
import * as monitoring from "../../components/monitoring-stack/monitoring-stack";
import { versions } from "../../versions";
import { type Check, savedAs, type Stage } from "./checks";
import { resultOf } from "./comparison";
import type { Outcome } from "./engine";

/** Which resources a change of configuration, image or chart touches, and which it must not. */
export const updateChecks: readonly Check[] = [
  ...protectedChanges().map(([name, config]) => ({
    name: `under deletion protection a changed ${name} is refused in the preview`,
    run: (stage: Stage) => refused(stage, config),
  })),
  { name: "under deletion protection destroy is refused in the preview", run: destroyRefused },
  { name: "deletion protection is taken off by one up, in place", run: unprotect },
  ...protectedChanges().map(([name, config]) => ({
    name: `unprotected, the preview of a changed ${name} shows the replacement`,
    run: (stage: Stage) => replaced(stage, config),
  })),
  { name: "a new image rolls the Deployment and nothing else", run: newImage },
  { name: "a newer chart touches the Release only", run: newChart },
  { name: "a renamed component with an alias changes nothing", run: renamed },
];

function protectedChanges(): [name: string, config: Readonly<Record<string, unknown>>][] {
  return [
    ["cluster name", { "eks-monitoring:clusterName": "another" }],
    ["VPC CIDR", { "eks-monitoring:vpcCidr": "10.64.0.0/16" }],
    ["zone list", { "eks-monitoring:availabilityZones": ["ap-northeast-1a", "ap-northeast-1d"] }],
  ];
}

async function refused(stage: Stage, config: Readonly<Record<string, unknown>>): Promise<string> {
  const { engine } = stage;
  engine.restore(savedAs(stage, "protected"));
  const preview = await engine.work.withConfig(config, () => engine.preview());
  assertRefused(stage, preview);
  return "refused, nothing touched";
}

async function destroyRefused(stage: Stage): Promise<string> {
  const { engine } = stage;
  engine.restore(savedAs(stage, "protected"));
  assertRefused(stage, await engine.destroy({ previewOnly: true }));
  const count = engine.state().resources.filter((resource) => resource.protect).length;
  return `refused for ${count} protected resources, nothing touched`;
}

function assertRefused({ engine, wanted }: Stage, outcome: Outcome): void {
  assert.equal(outcome.ok, false, "it is not refused");
  assert.match(outcome.console, /protect/);
  assert.equal(resultOf(engine.state(), engine.account), wanted.get("protected"));
}

async function unprotect(stage: Stage): Promise<string> {
  const { engine } = stage;
  engine.restore(savedAs(stage, "protected"));
  engine.work.configure({ "eks-monitoring:deletionProtection": false });
  const up = await engine.up();
  assert.ok(up.ok, up.console);
  assert.deepEqual([...new Set(up.steps.map(({ op }) => op))], ["update"]);
  assert.deepEqual(
    engine.state().resources.filter((resource) => resource.protect),
    [],
  );
  stage.saved.set("unprotected", engine.save());
  stage.wanted.set("unprotected", resultOf(engine.state(), engine.account));
  return `${up.steps.length} updated, 0 replaced`;
}

async function replaced(stage: Stage, config: Readonly<Record<string, unknown>>): Promise<string> {
  const { engine } = stage;
  engine.restore(savedAs(stage, "unprotected"));
  const preview = await engine.work.withConfig(config, () => engine.preview());
  assert.ok(preview.ok, preview.console);
  const urns = preview.steps.filter(({ op }) => op === "replace").map(({ urn }) => urn);
  assert.ok(urns.length > 0, "it is not shown as a replacement");
  return `${urns.length} replaced`;
}

async function newImage(stage: Stage): Promise<string> {
  const { engine } = stage;
  engine.restore(savedAs(stage, "unprotected"));
  engine.account.changeSource("task-service");
  const up = await engine.up();
  assert.ok(up.ok, up.console);
  assert.deepEqual(typesOf(up), ["docker-build:index:Image", "kubernetes:apps/v1:Deployment"]);
  return `${up.steps.length} updated: the image and its Deployment`;
}

async function newChart(stage: Stage): Promise<string> {
  const { engine } = stage;
  engine.restore(savedAs(stage, "unprotected"));
  const up = await withNewerChart(() => engine.up());
  assert.ok(up.ok, up.console);
  assert.deepEqual(typesOf(up), ["kubernetes:helm.sh/v3:Release"]);
  return `${up.steps.length} updated: the Release`;
}

/** Runs with the chart's next patch pinned. */
export async function withNewerChart<T>(run: () => Promise<T>): Promise<T> {
  const pin: { version: string } = versions.kubePrometheusStack;
  const { version } = pin;
  pin.version = version.replace(/\d+$/, (patch) => String(Number(patch) + 1));
  try {
    return await run();
  } finally {
    pin.version = version;
  }
}

const typesOf = ({ steps }: Outcome): string[] =>
  steps
    .map(({ op, urn }) => {
      assert.equal(op, "update", urn);
      return (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
    })
    .sort();

async function renamed(stage: Stage): Promise<string> {
  const { engine } = stage;
  engine.restore(savedAs(stage, "unprotected"));
  const withAlias = await withRename(true, () => engine.preview());
  assert.ok(withAlias.ok, withAlias.console);
  assert.deepEqual(withAlias.steps, []);
  const without = await withRename(false, () => engine.preview());
  assert.ok(without.steps.length > 0, "the rename itself is not seen");
  return `0 steps; without the alias ${without.steps.length}`;
}

/** Runs the program as if somebody had renamed its MonitoringStack. */
async function withRename<T>(alias: boolean, run: () => Promise<T>): Promise<T> {
  const { MonitoringStack } = monitoring;
  class Renamed extends MonitoringStack {
    constructor(...[name, args, opts]: ConstructorParameters<typeof MonitoringStack>) {
      super("observability", args, { ...opts, ...(alias && { aliases: [{ name }] }) });
    }
  }
  Object.assign(monitoring, { MonitoringStack: Renamed });
  try {
    return await run();
  } finally {
    Object.assign(monitoring, { MonitoringStack });
  }
}
