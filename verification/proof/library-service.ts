import * as pulumi from "@pulumi/pulumi";
import { InstrumentedService } from "../../components/instrumented-service/instrumented-service";
import { Cloud } from "../../simulation/cloud/cloud";
import { record } from "../../simulation/recorder";
import { type DeployedService, deployedService } from "../deployed";

const NAME = "library-service";

/**
 * A service that is instrumented with prometheus-api-metrics, deployed by the same component as
 * task-service. No stack has one; the component must serve those who do.
 */
export async function deployedLibraryService(): Promise<DeployedService> {
  const cloud = new Cloud({ region: "eu-west-1", accountId: "111122223333" });
  const run = { project: "proof", stack: "proof", cloud, config: {}, secretKeys: [] };
  const recording = await record(run, () => {
    new InstrumentedService(NAME, {
      namespace: "prod",
      platform: {
        providers: [],
        kubeconfig: pulumi.secret("{}"),
        kubernetesVersion: "1.35",
        controlPlaneTargets: [],
      },
      image: "registry.example.com/library-service:1.0.0",
      watchedBy: {
        releaseName: "kube-prometheus-stack",
        grafanaUrl: "https://grafana.example",
        retentionDays: 31,
        runbookBaseUrl: "https://runbooks.example/docs/runbooks",
      },
      metrics: { source: "prometheus-api-metrics" },
      slo: { availability: 99.9, latency: { percent: 99, seconds: 0.2 } },
    });
    return Promise.resolve();
  });
  return deployedService(recording, NAME);
}
