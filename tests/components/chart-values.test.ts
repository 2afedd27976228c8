import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import {
  type ChartArgs,
  type ChartContext,
  kubePrometheusStackValues,
} from "../../components/monitoring-stack/chart-values";
import { at } from "../../simulation/resource";
import { absent } from "../support/external-tool";
import { eksTestPlatform } from "../support/platforms";
import { ROOT } from "../support/simulated";

const ARGS: ChartArgs = {
  retentionDays: 31,
  scrapeInterval: "30s",
  replicas: 2,
  volumes: { prometheus: 50, alertmanager: 2, grafana: 10 },
};
const CONTEXT: ChartContext<unknown> = {
  platform: { kubernetesVersion: "1.35", controlPlaneTargets: [] },
  nodeExporterNamespace: "prometheus-node-exporter",
  priorityClassName: "kube-prometheus-stack",
  storageClassName: "gp3",
  grafana: {
    secretName: "kube-prometheus-stack-grafana",
    secretChecksum: "0123456789abcdef",
    rootUrl: "https://grafana.example.com",
    nodePort: undefined,
    oidc: undefined,
  },
  alertmanagerConfig: { receivers: [] },
  receiverSecretNames: ["alertmanager-receivers"],
};
const CHART = path.join(ROOT, "..", "shared", "data", "kube-prometheus-stack-88.5.3");

const values = (
  args: Partial<ChartArgs> = {},
  context: Partial<ChartContext<unknown>> = {},
): unknown => kubePrometheusStackValues({ ...ARGS, ...args }, { ...CONTEXT, ...context });

describe("the values of kube-prometheus-stack", () => {
  it("scrape the parts of the control plane that answer, and no other", () => {
    const targets = ["kubeControllerManager", "kubeScheduler", "kubeEtcd", "kubeProxy", "coreDns"];
    const enabled = (of: unknown) => targets.filter((target) => at(of, `${target}.enabled`));
    assert.deepEqual(enabled(values()), []);
    const some = values(
      {},
      {
        platform: {
          kubernetesVersion: "1.35",
          controlPlaneTargets: ["kubeScheduler", "coreDns"],
        },
      },
    );
    assert.deepEqual(enabled(some), ["kubeScheduler", "coreDns"]);
    assert.equal(at(some, "kubeScheduler.serviceMonitor"), undefined);
  });

  it("have rules and dashboards of what the API server hands out, and no Service for it", () => {
    const { kubernetesVersion, controlPlaneTargets, apiServerMetrics = [] } = eksTestPlatform;
    const platform = { kubernetesVersion, controlPlaneTargets, apiServerMetrics };
    const off = { enabled: false };
    for (const target of ["kubeScheduler", "kubeControllerManager"]) {
      assert.deepEqual(at(values({}, { platform }), target), {
        enabled: true,
        service: off,
        serviceMonitor: off,
      });
    }
    assert.deepEqual(at(values({}, { platform }), "kubeEtcd"), off);
  });

  it("pick up every monitor, probe, scrape config and rule", () => {
    for (const kind of ["serviceMonitor", "podMonitor", "rule", "probe", "scrapeConfig"]) {
      const key = `prometheus.prometheusSpec.${kind}SelectorNilUsesHelmValues`;
      assert.equal(at(values(), key), false, key);
    }
  });

  it("keep samples by time and size, on volumes that stay when the operator makes a StatefulSet anew", () => {
    const spec = at(values(), "prometheus.prometheusSpec");
    assert.equal(at(spec, "retention"), "31d");
    assert.equal(at(spec, "retentionSize"), "42GiB");
    assert.equal(at(spec, "replicas"), 2);
    const claim = at(spec, "storageSpec.volumeClaimTemplate.spec");
    assert.equal(at(claim, "storageClassName"), "gp3");
    assert.equal(at(claim, "resources.requests.storage"), "50Gi");
    // `whenDeleted: Delete` would take all data along when a size, a field or the operator changes.
    assert.ok(!JSON.stringify(values()).includes("persistentVolumeClaimRetentionPolicy"));
    const kept = { "helm.sh/resource-policy": "keep" };
    assert.deepEqual(at(values(), "grafana.persistence.annotations"), kept);
  });

  const spread = (zones?: number, replicas = 2): unknown => {
    const { platform } = CONTEXT;
    const set = values({ replicas }, { platform: { ...platform, ...(zones && { zones }) } });
    const [one, other] = ["prometheus.prometheusSpec", "alertmanager.alertmanagerSpec"].map(
      (spec) => (at(set, `${spec}.topologySpreadConstraints`) as object[])[0],
    );
    const rule = (of: unknown) => [at(of, "whenUnsatisfiable"), at(of, "minDomains")];
    assert.deepEqual(rule(one), rule(other));
    return rule(one);
  };

  it("require two zones for replicas where there are as many, and nowhere else", () => {
    for (const zones of [2, 3]) assert.deepEqual(spread(zones), ["DoNotSchedule", 2]);
    for (const zones of [undefined, 1])
      assert.deepEqual(spread(zones), ["ScheduleAnyway", undefined]);
  });

  it("say the same of one replica and of several, so that another replaces no pod", () => {
    assert.deepEqual(spread(3, 1), spread(3, 2));
  });

  it("let one replica go at a time, and keep whoever asks with one of several", () => {
    const of = (replicas: number) =>
      [
        "prometheus.podDisruptionBudget",
        "alertmanager.podDisruptionBudget",
        "prometheus.service",
      ].map((path) => at(values({ replicas }), path));
    const budget = (enabled: boolean, minAvailable: number) => ({ enabled, minAvailable });
    assert.deepEqual(of(1), [budget(false, 0), budget(false, 0), { sessionAffinity: "None" }]);
    assert.deepEqual(of(3), [budget(true, 2), budget(true, 2), { sessionAffinity: "ClientIP" }]);
  });

  it("let no pod that is alone be moved for a cheaper node, where the platform can say so", () => {
    const keepInPlace = { "nodes.example.com/stay": "true" };
    const annotations = (replicas: number, platform = { ...CONTEXT.platform, keepInPlace }) =>
      ["prometheus.prometheusSpec", "alertmanager.alertmanagerSpec"].map((spec) =>
        at(values({ replicas }, { platform }), `${spec}.podMetadata.annotations`),
      );
    assert.deepEqual(annotations(1), [keepInPlace, keepInPlace]);
    // Several have a disruption budget.
    assert.deepEqual(annotations(2), [undefined, undefined]);
    const spec = at(values({ replicas: 1 }), "prometheus.prometheusSpec.podMetadata");
    assert.equal(spec, undefined);
  });

  it("keep the exemplars that services attach", () => {
    const features = at(values(), "prometheus.prometheusSpec.enableFeatures");
    assert.deepEqual(features, ["exemplar-storage"]);
  });

  it("name cluster and stack on all that leaves Prometheus", () => {
    const externalLabels = { cluster: "observed", stack: "prod" };
    const spec = at(values({ externalLabels }), "prometheus.prometheusSpec");
    assert.deepEqual(at(spec, "externalLabels"), externalLabels);
    assert.equal(at(values(), "prometheus.prometheusSpec.externalLabels"), undefined);
  });

  it("take the size limit that they are given", () => {
    const spec = at(values({ retentionSize: "20GiB" }), "prometheus.prometheusSpec");
    assert.equal(at(spec, "retentionSize"), "20GiB");
  });

  it("ask for no volume where nothing is to be kept", () => {
    const { volumes, ...withoutVolumes } = ARGS;
    assert.ok(volumes);
    const without = kubePrometheusStackValues(withoutVolumes, CONTEXT);
    const text = JSON.stringify(without);
    assert.ok(!text.includes("volumeClaimTemplate") && !text.includes("retentionSize"));
    assert.equal(at(without, "grafana.persistence.enabled"), false);
  });

  it("mount the receivers' secrets where Alertmanager's configuration looks for them", () => {
    const secrets = at(values(), "alertmanager.alertmanagerSpec.secrets");
    assert.deepEqual(secrets, ["alertmanager-receivers"]);
    assert.deepEqual(at(values(), "alertmanager.config"), { receivers: [] });
  });

  it("scrape cAdvisor every 30 s and upgrade the CRDs with the cluster's kubectl", () => {
    assert.equal(at(values(), "kubelet.serviceMonitor.cAdvisorInterval"), "30s");
    assert.equal(at(values(), "crds.upgradeJob.enabled"), true);
    assert.equal(at(values(), "crds.upgradeJob.image.kubectl.tag"), "v1.35.0");
    assert.notEqual(at(values(), "crds.upgradeJob.image.busybox.tag"), "latest");
  });

  it("leave Grafana's memory limit for Go to the chart, which takes it from the container's limit", () => {
    // Set twice, Kubernetes refuses the first upgrade that changes it.
    assert.equal(at(values(), "grafana.env"), undefined);
  });

  it("set nothing that the chart does not read", function () {
    if (!existsSync(CHART)) absent(this, path.relative(ROOT, CHART));
    assert.deepEqual(unread(values(), chartDefaults(), ""), COMMENTED);
    // The check itself: a misspelt key is found, at the top and in a subchart.
    const misspelt = { grafana: { sidecarr: {} }, promotheus: {} };
    assert.deepEqual(unread(misspelt, chartDefaults(), ""), [".grafana.sidecarr", ".promotheus"]);
  });
});

/** Read by a template (persistence, pvc.yaml) and shown in values.yaml as a comment only. */
const COMMENTED = [
  ".prometheusOperator.priorityClassName",
  ".kube-state-metrics.priorityClassName",
  ".prometheus-node-exporter.priorityClassName",
  ".grafana.priorityClassName",
  ".grafana.podAnnotations",
  ".grafana.persistence.storageClassName",
  ".grafana.persistence.annotations",
];

type Values = Record<string, unknown>;

/** The chart's values over those of its subcharts, as Helm merges them. */
function chartDefaults(): Values {
  const read = (file: string) => parse(readFileSync(path.join(CHART, file), "utf8")) as Values;
  const subcharts = ["grafana", "kube-state-metrics", "prometheus-node-exporter"];
  const beneath = subcharts.map((name): Values => ({ [name]: read(`values.${name}.yaml`) }));
  return [...beneath, read("values.yaml")].reduce(merge, {});
}

function merge(base: Values, over: Values): Values {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const own = base[key];
    merged[key] = isMap(own) && isMap(value) ? merge(own, value) : value;
  }
  return merged;
}

const isMap = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Paths that the chart has no default for. An empty default is a place for free-form values. */
function unread(set: unknown, defaults: unknown, where: string): string[] {
  if (!isMap(set) || !isMap(defaults) || Object.keys(defaults).length === 0) return [];
  // Sections of grafana.ini are Grafana's and Alertmanager's configuration its own, not the chart's.
  if (where.endsWith(".grafana.ini") || where === ".alertmanager.config") return [];
  return Object.entries(set).flatMap(([key, value]) => {
    const path = `${where}.${key}`;
    return key in defaults ? unread(value, defaults[key], path) : [path];
  });
}
