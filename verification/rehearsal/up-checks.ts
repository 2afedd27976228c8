import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { at, reveal, textAt } from "../../simulation/resource";
import { record } from "../../simulation/recorder";
import { runProgram } from "../../simulation/program";
import { readStackFiles } from "../../simulation/stack-files";
import { settled } from "../cluster/settled";
import { disagreements, monthlyUsd } from "./agreement";
import type { Check, Stage } from "./checks";
import { resultOf } from "./result";
import type { Outcome } from "./engine";
import { ROOT } from "./engine-setup";

/** From an empty account to an `up` that changes nothing. */
export const upChecks: readonly Check[] = [
  { name: "the CLI reads project and stack files as the simulation does", run: sameConfig },
  { name: "an older CLI than the project asks for is refused", run: requiredVersion },
  { name: "a preview of the fresh stack plans what up then does", run: previewIsUp },
  { name: "the outputs are there when up returns", run: outputs },
  { name: "engine and simulation agree on every resource, output and cost", run: driversAgree },
  { name: "the password is nowhere in clear", run: passwordHidden },
];

/** The first `up`, for the checks that read what it printed. */
const firstUp = new WeakMap<Stage, Outcome>();

async function sameConfig({ engine }: Stage): Promise<string> {
  const counts = await Promise.all(
    ["prod", "dev"].map(async (stack) => {
      const flags = ["config", "--json", "--config-file", `${ROOT}/Pulumi.${stack}.yaml`];
      const { stdout } = await engine.run(flags);
      const read = JSON.parse(stdout) as Record<string, { value: string }>;
      const cli = Object.entries(read).map(([key, { value }]): [string, string] => [key, value]);
      assert.deepEqual(parsed(Object.fromEntries(cli)), parsed(readStackFiles(ROOT, stack).config));
      return cli.length;
    }),
  );
  return `${counts.join(" and ")} keys of prod and dev`;
}

/** Values as the program reads them: the CLI sorts the keys of an object that is one. */
function parsed(config: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([key, text]) => [
      key,
      /^[[{]/.test(text) ? (JSON.parse(text) as unknown) : text,
    ]),
  );
}

async function requiredVersion({ engine }: Stage): Promise<string> {
  const newer = (text: string) =>
    text.replace(/requiredPulumiVersion: .*/, 'requiredPulumiVersion: ">=999.0.0"');
  const refused = await engine.work.withProject(newer, () => engine.preview());
  assert.equal(refused.ok, false);
  assert.match(refused.console, />=999\.0\.0/);
  return "refused at >=999.0.0";
}

async function previewIsUp(stage: Stage): Promise<string> {
  const { engine } = stage;
  const preview = await engine.preview();
  assert.ok(preview.ok, preview.console);
  assert.deepEqual(engine.account.all(), [], "a preview has made something");
  const up = await engine.up();
  assert.ok(up.ok, up.console);
  const sorted = ({ steps }: Outcome) => steps.map(({ op, urn }) => `${op} ${urn}`).sort();
  assert.deepEqual(sorted(up), sorted(preview));
  assert.equal(await settled(engine.cluster.kubernetes, { operator: true }), undefined);
  stage.wanted = await resultOf(engine);
  firstUp.set(stage, up);
  return `${up.steps.length} steps, ${String(up.summary.create)} created, ${stage.wanted.objects.length} objects on Kubernetes`;
}

async function outputs(stage: Stage): Promise<string> {
  const { engine } = stage;
  const { stdout } = await engine.run(["stack", "output", "--json"]);
  const ingresses = await engine.cluster.kubernetes.list("networking.k8s.io/v1", "Ingress");
  const [address] = at(ingresses[0], "status.loadBalancer.ingress") as { hostname: string }[];
  const grafanaUrl = textAt(JSON.parse(stdout), "grafanaUrl");
  assert.equal(grafanaUrl, `http://${address?.hostname ?? ""}`);
  return grafanaUrl;
}

async function driversAgree({ engine }: Stage): Promise<string> {
  const stack = "prod";
  const { project, config } = readStackFiles(engine.work.folder, stack);
  const run = { project, stack, config, secretKeys: [], cloud: engine.cloud };
  const recording = await record(run, runProgram);
  assert.deepEqual(disagreements(recording, await engine.openState(), engine.cloud), []);
  const usd = monthlyUsd(recording.resources, engine.cloud);
  return `${recording.resources.length} resources, ${usd.toFixed(2)} USD a month`;
}

async function passwordHidden(stage: Stage): Promise<string> {
  const { engine } = stage;
  const up = firstUp.get(stage);
  assert.ok(up);
  const random = engine.account.all().find(({ type }) => type.endsWith(":RandomPassword"));
  const password = textAt(reveal(random?.outputs), "result");
  const opened = await engine.openState();
  assert.ok(JSON.stringify(opened).includes(password), "the search itself finds nothing");
  const values = opened.resources
    .filter(({ type }) => type.endsWith(":Release"))
    .map(({ inputs }) => JSON.stringify(reveal(inputs)));
  assert.ok(values.length > 0);
  const secrets = await engine.cluster.kubernetes.list("v1", "Secret", "prometheus");
  const helm = secrets
    .filter(({ metadata }) => metadata.name.startsWith("sh.helm.release.v1."))
    .map((secret) => helmRecord(secret));
  assert.ok(helm.join().includes("grafana"), "Helm's own record is not read");
  // Pulumi's own debug messages hold every answer of the engine in clear, secrets too. They are
  // shown with --debug only, and counted here so that the figure tells of them.
  const isDebug = ({ diagnosticEvent }: EngineEvent) =>
    String(diagnosticEvent?.severity) === "debug";
  const debug = up.events
    .filter(isDebug)
    .filter((event) => JSON.stringify(event).includes(password));
  const places = {
    state: engine.checkpoint(),
    events: JSON.stringify(up.events.filter((event) => !isDebug(event))),
    console: up.console,
    "Helm values": values.join(),
    "Helm's record": helm.join(),
  };
  const forms = [password, Buffer.from(password).toString("base64")];
  const found = Object.entries(places).filter(([, text]) =>
    forms.some((form) => text.includes(form)),
  );
  assert.deepEqual(
    found.map(([place]) => place),
    [],
  );
  const kilobytes = Object.values(places).reduce((sum, text) => sum + text.length, 0) / 1024;
  const names = Object.keys(places).join(", ");
  return `0 times in ${Math.round(kilobytes)} KiB of ${names}; ${debug.length} of Pulumi's debug messages`;
}

/** A release as Helm keeps it in a Secret: JSON, gzipped, and twice in base64. */
function helmRecord(secret: object): string {
  const once = Buffer.from(textAt(secret, "data.release"), "base64").toString();
  return gunzipSync(Buffer.from(once, "base64")).toString();
}
