import type { DeployedService } from "../deployed";
import type { PrometheusApi } from "./prometheus-api";
import { jobName } from "./scrape-config";

/** Each service is one target, by the operator's job name, with its labels; the strangers are dropped. */
export async function targetProblems(
  prometheus: PrometheusApi,
  services: readonly DeployedService[],
): Promise<string[]> {
  const { activeTargets, droppedTargets } = await prometheus.targets();
  const problems: string[] = [];
  for (const { name, namespace, serviceMonitor } of services) {
    const pool = jobName(serviceMonitor);
    const targets = activeTargets.filter(({ scrapePool }) => scrapePool === pool);
    const [target] = targets;
    if (!target || targets.length > 1) {
      problems.push(`${pool} has ${targets.length} targets, not one.`);
      continue;
    }
    const { health, lastError, labels } = target;
    if (health !== "up") problems.push(`${pool} is ${health}: ${lastError}.`);
    const expected = { job: name, service: name, container: name, namespace, endpoint: "http" };
    for (const [label, value] of Object.entries(expected)) {
      if (labels[label] !== value) {
        problems.push(`${pool} has ${label}="${labels[label] ?? ""}", not "${value}".`);
      }
    }
  }
  if (droppedTargets.length !== services.length) {
    problems.push(`${droppedTargets.length} targets were dropped, not ${services.length}.`);
  }
  return problems;
}
