import { stringify } from "yaml";
import type { DeployedRelease } from "../deployed";
import type { Kubernetes } from "./kubernetes";

const MONITORING = "monitoring.coreos.com/v1";

/**
 * Puts the few values that a run needs where the chart's templates would: for a chart that was
 * rendered before, whose values have no effect.
 */
export async function putValues(
  kubernetes: Kubernetes,
  { name, namespace, values }: DeployedRelease,
): Promise<void> {
  const { alertmanager, prometheus } = values as {
    alertmanager: { config: object; alertmanagerSpec: { secrets: readonly string[] } };
    prometheus: { prometheusSpec: { scrapeInterval?: string; evaluationInterval?: string } };
  };
  const { scrapeInterval, evaluationInterval } = prometheus.prometheusSpec;
  await kubernetes.patch(
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: `alertmanager-${name}-alertmanager`, namespace },
    },
    { stringData: { "alertmanager.yaml": stringify(alertmanager.config) } },
  );
  await kubernetes.patch(
    {
      apiVersion: MONITORING,
      kind: "Alertmanager",
      metadata: { name: `${name}-alertmanager`, namespace },
    },
    { spec: { secrets: alertmanager.alertmanagerSpec.secrets } },
  );
  await kubernetes.patch(
    {
      apiVersion: MONITORING,
      kind: "Prometheus",
      metadata: { name: `${name}-prometheus`, namespace },
    },
    { spec: { scrapeInterval, evaluationInterval } },
  );
}
