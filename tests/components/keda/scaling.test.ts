import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { orderProblems } from "../../../simulation/account/up-order";
import { recordStack } from "../../../simulation/record-stack";
import type { Recording } from "../../../simulation/recorder";
import { reveal } from "../../../simulation/resource";
import { KEDA_CRDS } from "../../../verification/cluster/keda/stand-in-chart";
import { versions } from "../../../versions";
import {
  InstrumentedService,
  type InstrumentedServiceArgs,
} from "../../../components/instrumented-service/instrumented-service";
import { crdFileValidator } from "../../support/crd-schema";
import { absent } from "../../support/external-tool";
import { eksTestPlatform } from "../../support/platforms";
import { expectRejections } from "../../support/rejections";
import { childrenOf, dependenciesOf, find, input, recordProgram } from "../../support/simulated";

const SCALED_OBJECT = "kubernetes:keda.sh/v1alpha1:ScaledObject";
const AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler";
const NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const RELEASE = "kubernetes:helm.sh/v3:Release keda";
const CRD = path.join(KEDA_CRDS, "keda.sh_scaledobjects.yaml");

const recordScaled = (config: Record<string, string> = {}): Promise<Recording> =>
  recordStack("prod", { config: { taskServiceRequestsPerSecond: "50", ...config } });

/** A service under a KEDA that is on the cluster. */
const recordService = (requestsPerSecond: number): Promise<Recording> =>
  recordProgram(() => {
    const args: InstrumentedServiceArgs = {
      namespace: "prod",
      platform: eksTestPlatform,
      image: "registry.example.com/shop:1.4.2",
      watchedBy: {
        namespace: "prometheus",
        releaseName: "kube-prometheus-stack",
        prometheusUrl: "http://prometheus.example.com:9090",
        grafanaUrl: "http://grafana.example.com",
        retentionDays: 31,
      },
      replicas: { min: 4, max: 6 },
      autoscale: { requestsPerSecond, keda: { namespace: "autoscaling" } },
    };
    return { url: new InstrumentedService("shop", args).url };
  });

describe("a service that is scaled on its requests", () => {
  let recording: Recording;
  before(async () => {
    recording = await recordScaled();
  });
  const scaled = () => find(recording, SCALED_OBJECT);

  it("has a ScaledObject and no HorizontalPodAutoscaler of the program's", () => {
    assert.ok(!recording.resources.some(({ type }) => type === AUTOSCALER));
    assert.deepEqual(input(scaled(), "spec.scaleTargetRef"), {
      apiVersion: "apps/v1",
      kind: "Deployment",
      name: "task-service",
    });
    assert.equal(input(scaled(), "spec.minReplicaCount"), 3);
    assert.equal(input(scaled(), "spec.maxReplicaCount"), 15);
    // Panels, alerts and kubectl know the autoscaler by it.
    const name = input(scaled(), "spec.advanced.horizontalPodAutoscalerConfig.name");
    assert.equal(name, "task-service");
  });

  it("asks the stack's Prometheus, for which no answer is not 0", () => {
    const [trigger] = input(scaled(), "spec.triggers") as {
      type: string;
      metricType: string;
      metadata: Record<string, string>;
    }[];
    assert.deepEqual([trigger?.type, trigger?.metricType], ["prometheus", "AverageValue"]);
    const { query = "", ...metadata } = trigger?.metadata ?? {};
    assert.deepEqual(metadata, {
      serverAddress: "http://kube-prometheus-stack-prometheus.prometheus.svc:9090",
      threshold: "50",
      ignoreNullValues: "false",
    });
    assert.match(query, /namespace="prod",job="task-service"/);
  });

  it("has as many pods as run, half of the most at least, while nobody knows the load", async () => {
    assert.deepEqual(input(scaled(), "spec.fallback"), {
      failureThreshold: 20,
      replicas: 8,
      behavior: "currentReplicasIfHigher",
    });
    const few = find(await recordService(50), SCALED_OBJECT);
    assert.equal(input(few, "spec.fallback.replicas"), 4);
  });

  it("is valid by KEDA's CRD, which would refuse a field that it does not know", function () {
    if (!existsSync(CRD)) absent(this, CRD);
    const validate = crdFileValidator(CRD);
    const object = JSON.parse(JSON.stringify(reveal(scaled().inputs))) as { spec: object };
    assert.ok(validate(object), JSON.stringify(validate.errors, undefined, 2));
    assert.equal(validate({ ...object, spec: { ...object.spec, minReplicas: 3 } }), false);
    assert.equal(
      validate({ ...object, spec: { ...object.spec, fallback: { behavior: "most" } } }),
      false,
    );
  });

  it("is made after KEDA and after its Deployment, and so gone before both", () => {
    const earlier = dependenciesOf(recording, scaled());
    assert.ok(earlier.includes(RELEASE), earlier.join());
    assert.ok(earlier.includes("kubernetes:apps/v1:Deployment task-service"));
    assert.deepEqual(orderProblems(recording.resources), []);
  });

  it("tells when its load is not known; one that is scaled on CPU has no such alert", async () => {
    const rules = (of: Recording) =>
      JSON.stringify(
        of.resources.find(({ name }) => name === "task-service-rules")?.inputs.spec ?? "",
      );
    assert.ok(rules(recording).includes("ServiceAutoscalerBlind"));
    const onCpu = rules(await recordStack("prod"));
    assert.ok(onCpu.includes("ServiceAutoscalerAtMaximum"));
    assert.ok(!onCpu.includes("ServiceAutoscalerBlind"));
  });

  it("takes a KEDA that is on the cluster, and lets it ask Prometheus", async () => {
    const shop = await recordService(50);
    const policy = shop.resources.find(({ name }) => name === "shop-autoscaler");
    assert.ok(policy?.type === NETWORK_POLICY);
    assert.equal(input(policy, "metadata.namespace"), "prometheus");
    const [ingress] = input(policy, "spec.ingress") as { from: { namespaceSelector: object }[] }[];
    assert.deepEqual(ingress?.from[0]?.namespaceSelector, {
      matchLabels: { "kubernetes.io/metadata.name": "autoscaling" },
    });
  });

  it("is refused with a number of requests that KEDA's fallback would cut", async () => {
    for (const requests of [0.5, 0, -1]) {
      expectRejections(/autoscale/);
      await assert.rejects(
        recordService(requests),
        new RegExp(
          `shop: autoscale.requestsPerSecond must be a whole number from 1; got ${requests}\\.`,
        ),
      );
    }
  });
});

describe("Keda", () => {
  const release = (of: Recording) =>
    find(
      { ...of, resources: of.resources.filter(({ name }) => name === "keda") },
      "kubernetes:helm.sh/v3:Release",
    );

  it("has exactly these children", async () => {
    const recording = await recordScaled();
    assert.deepEqual(
      childrenOf(recording, find(recording, "kubernetes-monitoring:index:Keda")),
      [
        RELEASE,
        "kubernetes:core/v1:Namespace keda",
        ...["api-server", "default-deny", "metrics-server", "operator", "webhooks"].map(
          (policy) => `${NETWORK_POLICY} keda-${policy}`,
        ),
      ].sort(),
    );
  });

  it("comes from its project's repository, from an address, or from a folder, in the pinned version", async () => {
    const from = async (config: Record<string, string>) => {
      const { chart, version, repositoryOpts } = release(await recordScaled(config)).inputs;
      return { chart, version, repositoryOpts };
    };
    const { repository, version } = versions.keda;
    assert.deepEqual(await from({}), {
      chart: "keda",
      version,
      repositoryOpts: { repo: repository },
    });
    const chart = "oci://registry.example.com/mirror/keda";
    assert.deepEqual(await from({ kedaChart: chart }), {
      chart,
      version,
      repositoryOpts: undefined,
    });
  });

  it("has two pods of each part, of which one may be away, where Prometheus has several", async () => {
    const values = async (config: Record<string, string>) =>
      release(await recordScaled(config)).inputs.values as {
        operator: { replicaCount: number };
        podDisruptionBudget: { operator: object };
      };
    const one = await values({ prometheusReplicas: "1" });
    assert.deepEqual([one.operator.replicaCount, one.podDisruptionBudget.operator], [1, {}]);
    const several = await values({ prometheusReplicas: "3" });
    assert.equal(several.operator.replicaCount, 2);
    assert.deepEqual(several.podDisruptionBudget.operator, { maxUnavailable: 1 });
  });

  it("is in no stack whose services are scaled on CPU, nor in one without task-service", async () => {
    for (const config of [
      {},
      { services: '["quote-service"]', taskServiceRequestsPerSecond: "50" },
    ]) {
      const { resources } = await recordStack("prod", { config });
      assert.ok(!resources.some(({ name }) => name === "keda"));
    }
  });
});
