import assert from "node:assert/strict";
import * as monitoring from "../../components/monitoring-stack/monitoring-stack";
import { versions } from "../../versions";
import { type Check, savedAs, type Stage } from "./checks";
import { resultOf } from "./comparison";
import type { Outcome } from "./engine";

/** Which resources a change of configuration, image or chart touches, and which it must not. */
export const updateChecks: readonly Check[] = [
  ...fixedInputs().map(([name, config]) => ({
    name: `a changed ${name} is refused in the preview`,
    run: (stage: Stage) => refused(stage, config),
  })),
  { name: "under deletion protection destroy is refused in the preview", run: destroyRefused },
  { name: "deletion protection is taken off by one up, in place", run: unprotect },
  { name: "a zone more replaces nothing", run: zoneAdded },
  { name: "a new image rolls the Deployment and nothing else", run: newImage },
  { name: "a newer chart touches the Release only", run: newChart },
  { name: "a renamed component with an alias changes nothing", run: renamed },
];

/** Prod's, each with another value. */
function fixedInputs(): [name: string, config: Readonly<Record<string, unknown>>][] {
  return [
    ["clusterName", { "eks-monitoring:clusterName": "another" }],
    ["vpcCidr", { "eks-monitoring:vpcCidr": "10.64.0.0/16" }],
    [
      "availabilityZones",
      { "eks-monitoring:availabilityZones": ["ap-northeast-1a", "ap-northeast-1d"] },
    ],
    ["monitoringNamespace", { "eks-monitoring:monitoringNamespace": "another" }],
    ["serviceNamespace", { "eks-monitoring:serviceNamespace": "another" }],
  ];
}

async function refused(stage: Stage, config: Readonly<Record<string, unknown>>): Promise<string> {
  const { engine, wanted } = stage;
  // Without protection, which would refuse most of them too.
  engine.restore(savedAs(stage, "protected"));
  const unprotected = { ...config, "eks-monitoring:deletionProtection": false };
  const preview = await engine.work.withConfig(unprotected, () => engine.preview());
  assert.equal(preview.ok, false, "it is not refused");
  const [key = ""] = Object.keys(config);
  assert.match(preview.console, new RegExp(`${key.split(":")[1] ?? ""} must be .*; got .* Fix: `));
  assert.equal(resultOf(engine.state(), engine.account), wanted.get("protected"));
  return "refused with the command that sets it back, nothing touched";
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

const FOURTH_ZONE = {
  "eks-monitoring:availabilityZones": [
    "ap-northeast-1a",
    "ap-northeast-1c",
    "ap-northeast-1d",
    "ap-northeast-1b",
  ],
};

async function zoneAdded(stage: Stage): Promise<string> {
  const { engine } = stage;
  engine.restore(savedAs(stage, "unprotected"));
  const preview = await engine.work.withConfig(FOURTH_ZONE, () => engine.preview());
  assert.ok(preview.ok, preview.console);
  const up = await engine.work.withConfig(FOURTH_ZONE, () => engine.up());
  assert.ok(up.ok, up.console);
  for (const { steps } of [preview, up]) {
    const others = steps.filter(({ op }) => op !== "create" && op !== "update");
    assert.deepEqual(others, []);
    // EKS would refuse it: the control plane stays in its zones.
    assert.ok(steps.every(({ urn }) => !urn.includes("aws:eks/cluster:Cluster")));
  }
  const count = (op: string) => up.steps.filter((step) => step.op === op).length;
  return `${count("create")} created, ${count("update")} updated, 0 replaced`;
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
