import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse, stringify } from "yaml";
import type { ClassicDashboard } from "../../../observability/dashboards/classic-dashboard";
import { recordStack } from "../../../simulation/record-stack";
import type { Recording } from "../../../simulation/recorder";
import { at, reveal } from "../../../simulation/resource";
import { Child } from "../../../verification/child-process";
import { findChart, prepareFor } from "../../../verification/cluster/chart";
import { Kubernetes, type KubernetesObject } from "../../../verification/cluster/kubernetes";
import { Operator } from "../../../verification/cluster/operator";
import { type DeployedObject, deployedRelease } from "../../../verification/deployed";
import { freePort } from "../../../verification/free-port";
import { quotesInstalled } from "../../../verification/proof/apps";
import { missingHere } from "../../../verification/proof/exporters";
import { quoteTraffic } from "../../../verification/proof/load";
import { queriesOf } from "../../../verification/proof/panels";
import { findPrograms, type Programs } from "../../../verification/proof/programs";
import { PrometheusApi } from "../../../verification/proof/prometheus-api";
import { substitute } from "../../../verification/proof/promql";
import { versions } from "../../../versions";
import { controlPlane, eventually } from "../../support/control-plane";
import { CHART, needChart } from "../../support/asked-chart";
import { notAsked } from "../../support/external-tool";
import { find, ROOT } from "../../support/simulated";
import { type WrittenByOperator, writtenByOperator } from "../../support/written-by-operator";

const STACK = path.join(ROOT, "tests", "stacks", "Pulumi.single.yaml");
const NAME = "kube-prometheus-stack-prometheus";
const NAMESPACE = "prometheus";
const POD = "quote-service-1";

/** Recorded every 2 minutes only. */
const OF_30_DAYS = /rate30d|period_error_budget/;

interface StatefulSet extends KubernetesObject {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly { readonly name: string; readonly args: readonly string[] }[];
      };
    };
  };
}

describe("quote-service, sending its metrics by OTLP", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "otlp-receiver-"));
  const running: { stop(): Promise<void> }[] = [];
  let recording: Recording;
  let written: WrittenByOperator;
  let prometheus: PrometheusApi;
  before(async function () {
    this.timeout(120_000);
    needChart(this);
    const programs = findPrograms();
    if ("missing" in programs) notAsked(this, programs.missing);
    if (!quotesInstalled()) notAsked(this, "the dependencies of services/quote-service");
    // Services send as often as others are scraped.
    recording = await recordStack("single", {
      configFile: STACK,
      config: { scrapeInterval: "5s" },
    });
    const plane = await controlPlane(this);
    running.push(plane);
    const kubernetes = Kubernetes.open(plane.kubeconfig);
    await deploy(kubernetes, programs);
    const metadata = { name: NAME, namespace: NAMESPACE };
    written = await writtenByOperator(kubernetes, metadata, (text) => text !== "", 1);
    const stateful = await eventually(() =>
      kubernetes.get<StatefulSet>("apps/v1", "StatefulSet", `prometheus-${NAME}`, NAMESPACE),
    );
    prometheus = await startPrometheus(programs, stateful);
    await startQuotes();
  });
  after(async () => {
    for (const each of running.reverse()) await each.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The chart's Prometheus with the stack's values, and the rules of quote-service. */
  async function deploy(kubernetes: Kubernetes, { operator, helm }: Programs): Promise<void> {
    const found = findChart();
    if (!("chart" in found)) throw new Error(found.missing);
    await prepareFor(found.chart, kubernetes);
    running.push(await Operator.start(operator, kubernetes));
    const values = path.join(folder, "values.json");
    writeFileSync(values, JSON.stringify(deployedRelease(recording).values));
    const text = execFileSync(
      helm,
      ["template", "kube-prometheus-stack", CHART, "--namespace", NAMESPACE].concat(
        ["--kube-version", `${versions.defaultKubernetes}.0`, "--values", values],
        ["--show-only", "templates/prometheus/prometheus.yaml"],
      ),
      { encoding: "utf8" },
    );
    const made = (type: string, name?: string): DeployedObject =>
      JSON.parse(JSON.stringify(reveal(find(recording, type, name).inputs))) as DeployedObject;
    const namespaces = [NAMESPACE, "prod"].map((name) => ({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name },
    }));
    const account = { apiVersion: "v1", kind: "ServiceAccount" };
    const objects = [
      ...namespaces,
      { ...account, metadata: { name: NAME, namespace: NAMESPACE } },
      parse(text) as DeployedObject,
      made("kubernetes:storage.k8s.io/v1:StorageClass"),
      made("kubernetes:monitoring.coreos.com/v1:PrometheusRule", "quote-service-rules"),
    ];
    for (const object of objects) await kubernetes.apply(object);
  }

  /** With the arguments that the operator gives its container, but for addresses and folders. */
  async function startPrometheus(
    programs: Programs,
    { spec }: StatefulSet,
  ): Promise<PrometheusApi> {
    const { containers } = spec.template.spec;
    const given = containers.find(({ name }) => name === "prometheus")?.args ?? [];
    assert.ok(given.includes("--web.enable-otlp-receiver"));
    const { global, otlp, storage } = parse(written.expanded) as Record<string, object>;
    const files = Object.entries(written.rules).map(([name, text]) => {
      writeFileSync(path.join(folder, name), text);
      return path.join(folder, name);
    });
    const config = path.join(folder, "prometheus.yaml");
    writeFileSync(config, stringify({ global, otlp, storage, rule_files: files }));
    const address = `127.0.0.1:${await freePort()}`;
    const own = [
      `--config.file=${config}`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${address}`,
    ];
    const ofPod =
      /^--(config\.file|storage\.tsdb\.path|web\.(listen-address|config\.file|external-url|route-prefix))=/;
    const args = [...given.filter((each) => !ofPod.test(each)), ...own];
    const child = Child.start(programs.prometheus, args);
    running.push(child);
    await child.answers(`http://${address}/-/ready`);
    return new PrometheusApi(`http://${address}`);
  }

  /** With the environment of its Deployment, as the kubelet would set it. */
  async function startQuotes(): Promise<void> {
    const { inputs } = find(recording, "kubernetes:apps/v1:Deployment", "quote-service");
    const [container] = at(reveal(inputs), "spec.template.spec.containers") as readonly {
      readonly env: readonly { readonly name: string; readonly value?: string }[];
    }[];
    const env = Object.fromEntries(
      (container?.env ?? []).map(({ name, value = POD }) => [
        name,
        value
          .replaceAll("$(POD_NAME)", POD)
          .replace(`http://${NAME}.${NAMESPACE}.svc:9090`, prometheus.url),
      ]),
    );
    const script = 'require("./src/main.ts"); setTimeout(gc, 100)';
    const child = Child.start(
      process.execPath,
      ["--expose-gc", "-r", path.join(ROOT, "register.cjs"), "-e", script],
      {
        cwd: path.join(ROOT, "services", "quote-service"),
        env: { PATH: process.env.PATH, ...env, HOST: "127.0.0.1", PORT: "0" },
      },
    );
    running.push(child);
    const port = await child.says((output) => /"port":(\d+)/.exec(output)?.[1]);
    running.push(quoteTraffic(`http://127.0.0.1:${port}`, 120));
  }

  it("is taken half an hour late, and found by the labels that the preset knows", () => {
    const { otlp, storage } = parse(written.configuration) as Record<string, object>;
    assert.deepEqual(otlp, {
      promote_resource_attributes: ["k8s.namespace.name", "k8s.pod.name"],
      translation_strategy: "UnderscoreEscapingWithSuffixes",
    });
    assert.deepEqual(storage, { tsdb: { out_of_order_time_window: "30m" } });
  });

  it("has data in every panel of its dashboard that needs no cluster", async () => {
    const { inputs } = find(recording, "kubernetes:core/v1:ConfigMap", "quote-service-dashboard");
    const data = reveal(inputs.data) as Readonly<Record<string, string>>;
    const dashboard = JSON.parse(data["quote-service.json"] ?? "") as ClassicDashboard;
    const variables = {
      job: "quote-service",
      namespace: "prod",
      pod: ".*",
      __rate_interval: "1m",
    };
    const queries = queriesOf(dashboard).map(({ panel, expr }) => ({
      panel,
      expr: substitute(expr, variables),
    }));
    const asked = queries.filter(
      ({ expr }) => missingHere([expr]).length === 0 && !OF_30_DAYS.test(expr),
    );
    assert.ok(asked.length > 15);
    let empty: string[] = [];
    await eventually(async () => {
      empty = [];
      for (const { panel, expr } of asked) {
        if ((await prometheus.rows(expr)) === 0) empty.push(`${panel}: ${expr}`);
      }
      return empty.length === 0;
    }).catch(() => undefined);
    assert.deepEqual(empty, []);
  }).timeout(60_000);

  it("feeds its rules, and ServiceTargetAbsent stays silent", async () => {
    const records = 'service:requests:rate5m{service="quote-service"}';
    await eventually(async () => (await prometheus.rows(records)) > 0);
    const rules = await prometheus.rules();
    assert.ok(rules.length > 10);
    assert.deepEqual(
      rules.filter(({ health }) => health === "err"),
      [],
    );
    const names = (await prometheus.alerts()).map(({ labels }) => labels.alertname);
    assert.ok(!names.includes("ServiceTargetAbsent"));
  });
});
