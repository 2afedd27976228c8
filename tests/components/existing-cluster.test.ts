import assert from "node:assert/strict";
import {
  ExistingCluster,
  type ExistingClusterArgs,
} from "../../components/existing-cluster/existing-cluster";
import { InstrumentedService } from "../../components/instrumented-service/instrumented-service";
import type { Recording } from "../../simulation/recorder";
import { barePlatform } from "../support/platforms";
import { childrenOf, elsewhere, find, input, recordProgram } from "../support/simulated";

const ARGS: ExistingClusterArgs = {
  context: "kind-monitoring",
  kubernetesVersion: "1.35",
  nodeAddress: "localhost",
  controlPlaneTargets: ["coreDns"],
  networkPolicies: true,
};
const PROVIDER = "pulumi:providers:kubernetes";

const recordCluster = (
  args: Partial<ExistingClusterArgs> = {},
  more: (cluster: ExistingCluster) => Record<string, unknown> = () => ({}),
): Promise<Recording> =>
  recordProgram(
    () => {
      const cluster = new ExistingCluster("c", { ...ARGS, ...args });
      const { clusterName, kubeconfigCommand } = cluster;
      return { clusterName, kubeconfigCommand, ...more(cluster) };
    },
    false,
    elsewhere,
  );

const WATCHER = {
  namespace: "prometheus",
  releaseName: "kube-prometheus-stack",
  prometheusUrl: "http://prometheus.example.com:9090",
  grafanaUrl: "http://localhost:3000",
  retentionDays: 31,
};

describe("ExistingCluster", () => {
  it("makes nothing but the provider, which reads the context that kubectl reads", async () => {
    const recording = await recordCluster();
    const cluster = find(recording, "kubernetes-monitoring:index:ExistingCluster");
    assert.deepEqual(childrenOf(recording, cluster), [`${PROVIDER} c`]);
    const provider = find(recording, PROVIDER);
    assert.equal(input(provider, "context"), "kind-monitoring");
    assert.equal(input(provider, "clusterIdentifier"), "kind-monitoring");
    assert.equal(input(provider, "kubeconfig"), undefined);
    assert.deepEqual(recording.outputs, {
      clusterName: "kind-monitoring",
      kubeconfigCommand: "kubectl config use-context kind-monitoring",
    });
  });

  it("keeps context and class of storage in the state, where a change of them is refused", async () => {
    const recording = await recordCluster({ storageClassName: "fast" });
    const { inputs, hooks } = find(recording, "kubernetes-monitoring:index:ExistingCluster");
    assert.deepEqual(inputs, { context: "kind-monitoring", storageClassName: "fast" });
    assert.match(JSON.stringify(hooks), /fixed inputs/);
  });

  it("gives the rest what it was told that the cluster has, and no more", () =>
    recordCluster({}, ({ platform }) => {
      assert.deepEqual(Object.keys(platform).sort(), [
        "access",
        "controlPlaneTargets",
        "kubectl",
        "kubernetesVersion",
        "network",
        "nodeAddress",
        "providers",
      ]);
      assert.deepEqual(platform.access, { context: "kind-monitoring" });
      return {};
    }));

  it("builds an image for the nodes' architecture and names it by its digest", async () => {
    const images = { registry: "localhost:5001/team", architecture: "arm64" } as const;
    const recording = await recordCluster({ images }, ({ platform }) => {
      const service = new InstrumentedService("web", {
        namespace: "prod",
        platform,
        image: { context: "./services/task-service" },
        watchedBy: WATCHER,
      });
      return { image: service.image };
    });
    const built = find(recording, "docker-build:index:Image");
    assert.deepEqual(input(built, "platforms"), ["linux/arm64"]);
    assert.deepEqual(input(built, "tags"), ["localhost:5001/team/web:latest"]);
    assert.equal(input(built, "registries"), undefined);
    assert.match(
      String(recording.outputs.image),
      /^localhost:5001\/team\/web@sha256:[0-9a-f]{64}$/,
    );
  });

  it("runs a ready image in the place of a build", async () => {
    const image = { context: "./services/task-service", use: "localhost:5001/web:1.0.0" };
    const recording = await recordProgram(() => {
      const args = { namespace: "prod", platform: barePlatform, watchedBy: WATCHER };
      return { image: new InstrumentedService("web", { ...args, image }).image };
    });
    assert.equal(recording.outputs.image, "localhost:5001/web:1.0.0");
  });
});
