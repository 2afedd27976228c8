import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { volumeHook, type VolumeInputs } from "../../components/monitoring-stack/volume-changes";
import packageJson from "../../package.json";
import { type Cli, findCli } from "../../verification/rehearsal/cli";
import { Engine } from "../../verification/rehearsal/engine";
import { missing } from "../support/external-tool";
import { barePlatform } from "../support/platforms";

const SIZES = { prometheus: 50, alertmanager: 2, grafana: 10 };
const KEPT: VolumeInputs = { namespace: "prometheus", replicas: 2, volumes: SIZES };
/** Nothing listens on this port of this machine. */
const UNREACHABLE = JSON.stringify({
  "current-context": "none",
  clusters: [{ name: "none", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "none", user: { token: "none" } }],
  contexts: [{ name: "none", context: { cluster: "none", user: "none" } }],
});

/** MonitoringStack's inputs and hook, without the resources that need a cluster. */
const withInputs =
  (inputs: VolumeInputs): PulumiFn =>
  () => {
    const platform = { ...barePlatform, access: { kubeconfig: pulumi.secret(UNREACHABLE) } };
    const hooks = { beforeUpdate: [volumeHook("m", platform)] };
    new pulumi.ComponentResource("test:index:Stack", "m", inputs, { hooks });
    return Promise.resolve();
  };

describe("the hook of the volumes, on the real engine", () => {
  let engine: Engine;
  before(async function () {
    const cli = await findCli(packageJson.dependencies["@pulumi/pulumi"]);
    if ("missing" in cli) missing(this, cli.missing);
    engine = await Engine.open(cli satisfies Cli, { stack: "dev", program: withInputs(KEPT) });
    assert.ok((await engine.up()).ok);
  });
  after(() => {
    // Undefined where there is no CLI.
    (engine as Engine | undefined)?.close();
  });

  const smaller = withInputs({ ...KEPT, volumes: { ...SIZES, prometheus: 40 } });
  const larger = withInputs({ ...KEPT, volumes: { ...SIZES, prometheus: 60 } });

  it("says nothing where nothing changes", async () => {
    const outcome = await engine.up({ program: withInputs(KEPT) });
    assert.ok(outcome.ok, outcome.console);
    assert.doesNotMatch(outcome.console, /warning/);
  });

  for (const operation of ["preview", "up"] as const) {
    it(`refuses a smaller volume in ${operation}`, async () => {
      const { ok, console } = await engine[operation]({ program: smaller });
      assert.ok(!ok, console);
      assert.match(console, /prometheusVolumeGiB must be 50 or more, .+; got 40\. Fix: pulumi /);
    });
  }

  it("tells in the preview that claims grow, and touches none", async () => {
    const { ok, console } = await engine.preview({ program: larger });
    assert.ok(ok, console);
    assert.match(console, /warning: prometheusVolumeGiB 50 to 60: prometheus-.+-0, .+-1 grow/);
  });

  it("fails in up where the claims cannot grow, and asks for it again the next time", async () => {
    for (let time = 1; time <= 2; time++) {
      const { ok, console } = await engine.up({ program: larger });
      assert.ok(!ok, console);
      assert.match(
        console,
        /the API server must list the claims of prometheus; got no answer from/,
      );
    }
  });

  it("tells in the preview which claims fewer replicas leave behind", async () => {
    const { ok, console } = await engine.preview({ program: withInputs({ ...KEPT, replicas: 1 }) });
    assert.ok(ok, console);
    assert.match(console, /warning: 2 to 1 replicas: .+kubectl delete pvc -n prometheus /);
  });
});
