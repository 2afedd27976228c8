import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse, parseAllDocuments, stringify } from "yaml";
import { recordStack } from "../../../simulation/record-stack";
import { Child } from "../../../verification/child-process";
import { findChart, prepareFor } from "../../../verification/cluster/chart";
import { Kubernetes, type KubernetesObject } from "../../../verification/cluster/kubernetes";
import { Operator } from "../../../verification/cluster/operator";
import {
  type DeployedObject,
  deployedObjects,
  deployedRelease,
} from "../../../verification/deployed";
import { freePort } from "../../../verification/free-port";
import { findPrograms, type Programs } from "../../../verification/proof/programs";
import { PrometheusApi } from "../../../verification/proof/prometheus-api";
import { versions } from "../../../versions";
import { type ControlPlane, controlPlane, eventually } from "../../support/control-plane";
import { EksMetricsApi, findControlPlanePrograms, SCHEDULER } from "../../support/eks-metrics-api";
import { CHART, needChart } from "../../support/asked-chart";
import { notAsked } from "../../support/external-tool";
import { type WrittenByOperator, writtenByOperator } from "../../support/written-by-operator";

const NAMESPACE = "prometheus";
const ACCOUNT = "kube-prometheus-stack-prometheus";
const RULES = ["kube-scheduler.rules", "kubernetes-system-scheduler"].map(
  (name) => `templates/prometheus/rules-1.14/${name}.yaml`,
);

interface ScrapeConfig {
  readonly job_name: string;
  readonly bearer_token_file?: string;
  readonly authorization?: { readonly credentials_file?: string };
  readonly tls_config: { readonly ca_file: string };
  readonly kubernetes_sd_configs: readonly object[];
  readonly relabel_configs: readonly { readonly replacement?: string }[];
}

describe("scheduler and controller manager, behind an API server as EKS has them", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "control-plane-metrics-"));
  const running: { stop(): Promise<void> }[] = [];
  let plane: ControlPlane;
  let kubernetes: Kubernetes;
  let written: WrittenByOperator;
  let prometheus: PrometheusApi;
  let role: DeployedObject;
  before(async function () {
    this.timeout(120_000);
    needChart(this);
    const programs = findPrograms();
    if ("missing" in programs) notAsked(this, programs.missing);
    const parts = findControlPlanePrograms();
    if (!parts) notAsked(this, "kube-scheduler and kube-controller-manager");
    plane = await controlPlane(this);
    running.push(plane);
    kubernetes = Kubernetes.open(plane.kubeconfig);
    running.push(await EksMetricsApi.start(kubernetes, parts));
    await deploy(programs);
    const metadata = { name: "own", namespace: NAMESPACE };
    const jobs = ["kube-scheduler", "kube-controller-manager"];
    written = await writtenByOperator(
      kubernetes,
      metadata,
      (text) => jobs.every((part) => text.includes(part)),
      RULES.length,
    );
    const port = await freePort();
    prometheus = new PrometheusApi(`http://127.0.0.1:${port}`);
    writeFileSync(path.join(folder, "prometheus.yaml"), await onThisMachine());
    const server = Child.start(programs.prometheus, [
      `--config.file=${folder}/prometheus.yaml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
    running.push(server);
    await server.answers(`${prometheus.url}/-/ready`);
  });
  after(async () => {
    for (const each of running.reverse()) await each.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What the program makes for them, a Prometheus, and the chart's rules. */
  async function deploy({ operator, helm }: Programs): Promise<void> {
    const found = findChart();
    if (!("chart" in found)) throw new Error(found.missing);
    await prepareFor(found.chart, kubernetes);
    running.push(await Operator.start(operator, kubernetes));
    const stack = await recordStack("prod");
    const objects = deployedObjects(stack).filter(({ kind, metadata }) => {
      const isOfPrometheus = metadata.name === `${ACCOUNT}-control-plane`;
      return isOfPrometheus || (kind === "ServiceMonitor" && metadata.namespace === NAMESPACE);
    });
    assert.equal(objects.length, 4);
    const [binding] = objects.filter(({ kind }) => kind === "ClusterRoleBinding");
    assert.ok(binding);
    role = binding;
    const metadata = { name: ACCOUNT, namespace: NAMESPACE };
    const own = [
      { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } },
      { apiVersion: "v1", kind: "ServiceAccount", metadata },
      PROMETHEUS,
    ];
    const values = path.join(folder, "values.json");
    writeFileSync(values, JSON.stringify(deployedRelease(stack).values));
    const show = RULES.flatMap((file) => ["--show-only", file]);
    const version = ["--kube-version", `${versions.defaultKubernetes}.0`];
    const args = ["template", "kube-prometheus-stack", CHART, ...version, "--values", values];
    const text = execFileSync(helm, [...args, ...show], { encoding: "utf8" });
    const rules = parseAllDocuments(text).map((document) => {
      const rule = document.toJS() as DeployedObject;
      return { ...rule, metadata: { ...rule.metadata, namespace: NAMESPACE } };
    });
    for (const object of [...own, ...objects, ...rules]) await kubernetes.apply(object);
  }

  /** The same where there is no DNS of a cluster, and no pod whose files it could read. */
  async function onThisMachine(): Promise<string> {
    const api = new URL(kubernetes.client.server);
    const { status } = await kubernetes.client.call<{ status: { token: string } }>(
      `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/${ACCOUNT}/token`,
      { method: "POST", body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest" } },
    );
    const authority = await eventually(() =>
      kubernetes.get<KubernetesObject & { data: Record<string, string> }>(
        "v1",
        "ConfigMap",
        "kube-root-ca.crt",
        NAMESPACE,
      ),
    );
    writeFileSync(path.join(folder, "token"), status.token);
    writeFileSync(path.join(folder, "ca.crt"), authority.data["ca.crt"] ?? "");
    const files = Object.entries(written.rules).map(([name, text]) => {
      writeFileSync(path.join(folder, name), text);
      return path.join(folder, name);
    });
    const { scrape_configs: jobs, global } = parse(written.expanded) as {
      readonly scrape_configs: readonly ScrapeConfig[];
      readonly global: object;
    };
    const own = jobs.map((job) => ({
      ...job,
      ...(job.bearer_token_file !== undefined && { bearer_token_file: `${folder}/token` }),
      ...(job.authorization && { authorization: { credentials_file: `${folder}/token` } }),
      tls_config: { ca_file: `${folder}/ca.crt`, server_name: "kubernetes.default.svc" },
      kubernetes_sd_configs: job.kubernetes_sd_configs.map((each) => ({
        ...each,
        kubeconfig_file: plane.kubeconfig,
      })),
      static_configs: [SECOND_API_SERVER],
      relabel_configs: job.relabel_configs.map((each) =>
        each.replacement === "kubernetes.default.svc:443"
          ? { ...each, replacement: api.host }
          : each,
      ),
    }));
    return stringify({
      global,
      scrape_configs: own,
      rule_files: files,
    });
  }

  const valueOf = async (expr: string): Promise<number | undefined> => {
    const [value, ...more] = await prometheus.values(expr);
    return more.length === 0 && value !== undefined ? Number(value) : undefined;
  };

  it("are one target each, by the token of Prometheus and the certificate of the API server", async () => {
    const files = "/var/run/secrets/kubernetes.io/serviceaccount";
    for (const file of ["token", "ca.crt"])
      assert.ok(written.configuration.includes(`${files}/${file}`));
    for (const job of ["kube-scheduler", "kube-controller-manager"]) {
      const up = await eventually(() => valueOf(`up{job="${job}"} == 1`));
      assert.equal(up, 1, job);
      assert.equal(await valueOf(`count(up{job="${job}"})`), 1);
    }
  });

  it("feed the chart's rules, whose alerts stay silent", async () => {
    const quantile =
      "cluster_quantile:scheduler_scheduling_attempt_duration_seconds:histogram_quantile";
    let pods = 0;
    const recorded = await eventually(async () => {
      await kubernetes.apply(podOf(`pod-${pods++}`));
      return (await prometheus.rows(`${quantile} > 0`)) > 0;
    });
    assert.ok(recorded);
    assert.ok(
      ((await valueOf('sum(workqueue_adds_total{job="kube-controller-manager"})')) ?? 0) > 0,
    );
    assert.deepEqual(await prometheus.alerts(), []);
  });

  it("are down, and their alerts pending, where Prometheus has no role for them", async () => {
    await kubernetes.delete(role);
    const refused = "server returned HTTP status 403 Forbidden";
    await eventually(async () => {
      const { activeTargets } = await prometheus.targets();
      return (
        activeTargets.length === 2 && activeTargets.every((each) => each.lastError === refused)
      );
    });
    await eventually(async () => {
      const alerts = await prometheus.alerts();
      return alerts.some(({ labels }) => labels.alertname === "KubeSchedulerInstanceUnreachable");
    });
  });
});

/** EKS has several; each is found as this one is. */
const SECOND_API_SERVER = {
  targets: ["192.0.2.77:443"],
  labels: {
    __meta_kubernetes_namespace: "default",
    __meta_kubernetes_service_name: "kubernetes",
    __meta_kubernetes_endpoint_port_name: "https",
    __meta_kubernetes_service_label_component: "apiserver",
    __meta_kubernetes_service_labelpresent_component: "true",
    __meta_kubernetes_service_label_provider: "kubernetes",
    __meta_kubernetes_service_labelpresent_provider: "true",
  },
};

const podOf = (name: string) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "default" },
  spec: {
    schedulerName: SCHEDULER,
    containers: [{ name: "one", image: "registry.example.com/one:1" }],
  },
});

const PROMETHEUS = {
  apiVersion: "monitoring.coreos.com/v1",
  kind: "Prometheus",
  metadata: { name: "own", namespace: NAMESPACE },
  spec: {
    serviceAccountName: ACCOUNT,
    scrapeInterval: "1s",
    evaluationInterval: "1s",
    serviceMonitorSelector: {},
    serviceMonitorNamespaceSelector: {},
    ruleSelector: {},
  },
};
