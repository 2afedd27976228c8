import { InstrumentedService } from "../../components/instrumented-service/instrumented-service";
import { Cloud } from "../../simulation/cloud/cloud";
import { record, type Recording } from "../../simulation/recorder";
import { type DeployedService, deployedService } from "../deployed";

export const LIBRARY_SERVICE = "library-service";

/**
 * A service that is instrumented with prometheus-api-metrics, deployed by the same component as
 * task-service. No stack has one; the component must serve those who do.
 */
export const deployedLibraryService = async (): Promise<DeployedService> =>
  deployedService(await recordLibraryService(), LIBRARY_SERVICE);

export function recordLibraryService(): Promise<Recording> {
  const cloud = new Cloud({ region: "eu-west-1", accountId: "111122223333" });
  const run = { project: "proof", stack: "proof", cloud, config: {}, secretKeys: [] };
  return record(run, () => {
    new InstrumentedService(LIBRARY_SERVICE, {
      namespace: "prod",
      platform: {
        providers: [],
        access: { context: "library" },
        kubectl: "kubectl",
        kubernetesVersion: "1.35",
        controlPlaneTargets: [],
      },
      image: "registry.example.com/library-service:1.0.0",
      watchedBy: {
        namespace: "prometheus",
        releaseName: "kube-prometheus-stack",
        prometheusUrl: "http://prometheus.example.com:9090",
        grafanaUrl: "https://grafana.example",
        retentionDays: 31,
        runbookBaseUrl: "https://runbooks.example/docs/runbooks",
      },
      metrics: { preset: "prometheus-api-metrics" },
      slo: { availability: 99.9, latency: { percent: 99, seconds: 0.2 } },
    });
    return Promise.resolve();
  });
}
