import { setTimeout as delay } from "node:timers/promises";
import type { FaultRule } from "../../cluster/api-proxy";
import type { Outcome } from "../engine";
import { recover } from "../recovery";
import { previewAndUp, succeeded } from "./apply";
import { NOT_COMPARED } from "./run";
import { type Operation, type OperationGroup, type OperationRun, stepsOf } from "./operation";

const KEPT = { claims: "kept", restarted: [] } as const;
const NONE = { steps: [], ...KEPT } as const;
const NEW = { ...NONE, claims: NOT_COMPARED } as const;

/** Something goes away or fails in the middle of an operation, and the documented way back is taken. */
export const interruptions: readonly OperationGroup[] = [
  {
    name: "operator gone",
    needsValues: true,
    operations: [
      {
        name: "operator gone during an up, and back after it",
        perform: operatorGone,
        expected: {
          steps: ["replace Job", "update Release"],
          claims: "kept",
          restarted: ["prometheus"],
        },
      },
      {
        name: "operator gone: the change taken back",
        perform: async (run) => {
          run.engine.work.configure({ retentionDays: 31 });
          return previewAndUp(run);
        },
        expected: {
          steps: ["replace Job", "update Release"],
          claims: "kept",
          restarted: ["prometheus"],
        },
      },
    ],
  },
  {
    name: "API server gone",
    short: true,
    operations: [
      {
        name: "API server gone in the middle of up: up again",
        perform: apiServerGone,
        expected: NONE,
      },
      {
        name: "unreachable cluster: refresh fails and changes nothing",
        perform: unreachable,
        expected: NONE,
      },
    ],
  },
  {
    name: "killed upgrade",
    needsValues: true,
    operations: [
      killedUpgrade("the CLI alone", false),
      killedUpgrade("the CLI and its provider", true),
      {
        name: "an upgrade that fails: up again",
        perform: failingUpgrade,
        expected: { steps: ["replace Job", "update Release"], claims: "kept", restarted: [] },
      },
    ],
  },
  {
    name: "killed install and uninstall",
    operations: [
      {
        name: "install killed with its provider: the documented way back, and up",
        perform: (run) => killedInstall(run, true),
        expected: NEW,
        startsAgain: true,
      },
      {
        name: "install killed without its provider: the documented way back, and up",
        perform: (run) => killedInstall(run, false),
        expected: NEW,
        startsAgain: true,
      },
      {
        name: "an install that fails: helm uninstall, refresh, and up",
        perform: failingInstall,
        expected: NEW,
        startsAgain: true,
      },
      {
        name: "uninstall killed with its provider: destroy again",
        perform: killedUninstall,
        expected: NEW,
        startsAgain: true,
      },
    ],
    endsTheStack: true,
  },
];

async function operatorGone(run: OperationRun): ReturnType<Operation["perform"]> {
  const bringBack = await run.engine.cluster.stopOperator();
  run.engine.work.configure({ retentionDays: 32 });
  try {
    return await previewAndUp(run);
  } finally {
    // It does what it has missed.
    bringBack();
    await delay(5000);
  }
}

/** The API server is away from the first write on; then it is back. */
async function apiServerGone(run: OperationRun): ReturnType<Operation["perform"]> {
  const { engine } = run;
  const { proxy } = engine.cluster;
  engine.work.configure({ grafanaAllowedCidrs: ["198.51.100.0/24"] });
  const listener = proxy.onWrite(() => {
    proxy.isDown = true;
  });
  try {
    // The write itself was taken; the provider does not hear of it.
    const up = await engine.up();
    if (up.ok) throw new Error("up succeeded though the API server was gone");
  } finally {
    listener.stop();
    proxy.isDown = false;
  }
  await previewAndUp(run);
  engine.work.configure({ grafanaAllowedCidrs: ["203.0.113.0/24"] });
  await succeeded(engine.up());
  return previewAndUp(run);
}

async function unreachable(run: OperationRun): ReturnType<Operation["perform"]> {
  const { engine } = run;
  const before = engine.state().resources.length;
  engine.cluster.proxy.isDown = true;
  try {
    const refresh = await engine.refresh();
    if (refresh.ok) throw new Error("refresh succeeded though the cluster was unreachable");
    if (engine.state().resources.length !== before)
      throw new Error("refresh has changed the state");
  } finally {
    engine.cluster.proxy.isDown = false;
  }
  return previewAndUp(run);
}

/** Kills while Helm is at work: at its n-th write of the release's namespace. */
async function killWhileHelmWorks(
  run: OperationRun,
  operation: () => Promise<Outcome>,
  withProvider: boolean,
): Promise<Outcome> {
  const { engine } = run;
  let writes = 0;
  const listener = engine.cluster.proxy.onWrite(({ resource, name = "" }) => {
    if (resource !== "secrets" || !name.startsWith("sh.helm.release")) return;
    if (++writes !== 1) return;
    // Helm has noted that it begins.
    engine.kill();
    if (withProvider) engine.endProviders();
  });
  try {
    const ended = await operation();
    if (!ended.killed) throw new Error("it was over before it was killed");
    return ended;
  } finally {
    listener.stop();
  }
}

function killedUpgrade(who: string, withProvider: boolean): Operation {
  return {
    name: `upgrade, ${who} killed: the documented way back, and up`,
    perform: async (run) => {
      run.engine.work.configure({ scrapeInterval: "20s" });
      const killed = await killWhileHelmWorks(run, () => run.engine.up(), withProvider);
      const commands = await recover(run.engine, run.helm, killed.repairs);
      run.progress(`  way back: ${commands.join(", ")}`);
      await succeeded(run.engine.up());
      run.engine.work.configure({ scrapeInterval: "30s" });
      return previewAndUp(run);
    },
    expected: { steps: ["replace Job", "update Release"], ...KEPT },
  };
}

async function killedInstall(
  run: OperationRun,
  withProvider: boolean,
): ReturnType<Operation["perform"]> {
  await run.engine.startAgain();
  const killed = await killWhileHelmWorks(run, () => run.engine.up(), withProvider);
  const commands = await recover(run.engine, run.helm, killed.repairs);
  run.progress(`  way back: ${commands.join(", ")}`);
  await succeeded(run.engine.up());
  return previewAndUp(run);
}

async function killedUninstall(run: OperationRun): ReturnType<Operation["perform"]> {
  const { engine } = run;
  engine.work.configure({ deletionProtection: false });
  await succeeded(engine.up());
  await killWhileHelmWorks(run, () => engine.destroy(), true);
  await recover(engine, run.helm);
  await succeeded(engine.destroy());
  const left = engine.account.inventory();
  engine.work.configure({ deletionProtection: true });
  return { steps: left, preview: "" };
}

/** Deployments are refused by the API server. */
const refusesDeployments: FaultRule = ({ resource, isWrite, namespace }) =>
  isWrite && resource === "deployments" && namespace === "prometheus" ? "refuse" : undefined;

async function failingUpgrade(run: OperationRun): ReturnType<Operation["perform"]> {
  const { engine } = run;
  // Labels of everything that the chart makes.
  engine.work.configure({ scrapeInterval: "25s" });
  await failing(
    run,
    () => engine.up(),
    ({ resource, isWrite }) => (isWrite && resource === "prometheuses" ? "refuse" : undefined),
  );
  await succeeded(engine.up());
  engine.work.configure({ scrapeInterval: "30s" });
  return previewAndUp(run);
}

async function failingInstall(run: OperationRun): ReturnType<Operation["perform"]> {
  const { engine } = run;
  await engine.startAgain();
  await failing(run, () => engine.up(), refusesDeployments);
  // Helm takes a failed install back, and may not come to the end: then it stays "uninstalling".
  for (const release of await run.helm.list()) await run.helm.uninstall(release);
  await succeeded(engine.refresh());
  await succeeded(engine.up());
  return previewAndUp(run);
}

/** @throws Error where the operation succeeds all the same */
async function failing(
  { engine }: OperationRun,
  operation: () => Promise<Outcome>,
  rule: FaultRule,
): Promise<void> {
  engine.cluster.proxy.faults = rule;
  try {
    const ended = await operation();
    if (ended.ok) throw new Error(`it succeeded: ${stepsOf(ended).join(", ")}`);
  } finally {
    engine.cluster.proxy.faults = () => undefined;
  }
}
