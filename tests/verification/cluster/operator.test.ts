import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { parse } from "yaml";
import { findChart, prepareFor } from "../../../verification/cluster/chart";
import { Kubernetes, type KubernetesObject } from "../../../verification/cluster/kubernetes";
import { findOperator, Operator } from "../../../verification/cluster/operator";
import { settled } from "../../../verification/cluster/settled";
import { type ControlPlane, controlPlane } from "../../support/control-plane";
import { notAsked } from "../../support/external-tool";

describe("The operator beside a cluster", () => {
  let plane: ControlPlane | undefined;
  let kubernetes: Kubernetes;
  let operator: Operator | undefined;
  before(async function () {
    const program = findOperator();
    if ("missing" in program) notAsked(this, program.missing);
    plane = await controlPlane(this);
    kubernetes = Kubernetes.open(plane.kubeconfig);
    const found = findChart();
    if (!("chart" in found)) throw new Error(found.missing);
    // Begun before its CRDs are there.
    const starting = Operator.start(program, kubernetes);
    await prepareFor(found.chart, kubernetes);
    operator = await starting;
  });
  after(async () => {
    await operator?.stop();
    await plane?.stop();
  });

  const configuration = () =>
    kubernetes.get<KubernetesObject & { readonly data: Readonly<Record<string, string>> }>(
      "v1",
      "Secret",
      "prometheus-watcher",
      "default",
    );

  it("waits for its CRDs, and writes what a Prometheus runs with", async () => {
    await kubernetes.apply({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "watcher", namespace: "default" },
    });
    await kubernetes.apply(PROMETHEUS);
    assert.equal(await settled(kubernetes, { operator: true }), undefined);
    assert.deepEqual(Object.keys((await configuration())?.data ?? {}), ["prometheus.yaml.gz"]);
    const stateful = await kubernetes.list("apps/v1", "StatefulSet");
    assert.deepEqual(
      stateful.map(({ metadata }) => metadata.name),
      ["prometheus-watcher"],
    );
  });

  it("adds cluster and stack to alerts, and drops the replica, so that two tell of one", async () => {
    const zipped = (await configuration())?.data["prometheus.yaml.gz"] ?? "";
    const { global, alerting } = parse(gunzipSync(Buffer.from(zipped, "base64")).toString()) as {
      readonly global: { readonly external_labels: Readonly<Record<string, string>> };
      readonly alerting: { readonly alert_relabel_configs: readonly object[] };
    };
    const { cluster, stack, prometheus_replica: replica } = global.external_labels;
    assert.deepEqual({ cluster, stack }, LABELS);
    assert.ok(replica);
    assert.deepEqual(alerting.alert_relabel_configs, [
      { action: "labeldrop", regex: "prometheus_replica" },
    ]);
  });

  it("is what settling waits for", async () => {
    await operator?.stop();
    await kubernetes.patch(PROMETHEUS, { spec: { replicas: 2 } });
    assert.equal(
      await settled(kubernetes, { operator: true, seconds: 1 }),
      "not settled after 1 s: Prometheus watcher is not reconciled: the operator has not looked at it",
    );
    assert.equal(await settled(kubernetes), undefined);
  });
});

const LABELS = { cluster: "observed", stack: "prod" };
const PROMETHEUS = {
  apiVersion: "monitoring.coreos.com/v1",
  kind: "Prometheus",
  metadata: { name: "watcher", namespace: "default" },
  spec: {
    replicas: 1,
    serviceAccountName: "watcher",
    serviceMonitorSelector: {},
    externalLabels: LABELS,
    alerting: { alertmanagers: [{ namespace: "default", name: "alerts", port: "web" }] },
  },
};
