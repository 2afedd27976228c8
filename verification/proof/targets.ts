import { parse } from "yaml";
import type { DeployedService } from "../deployed";
import type { Targets } from "./prometheus-api";

/** A scrape job as the operator writes it. */
interface ScrapeJob {
  readonly job_name: string;
  readonly relabel_configs?: readonly {
    readonly action?: string;
    readonly source_labels?: readonly string[];
    readonly regex?: string;
  }[];
}

/** A service, and where its pods listen. */
export interface ExpectedTargets {
  readonly service: DeployedService;
  readonly addresses: readonly string[];
}

/**
 * What Kubernetes' service discovery finds by the operator's jobs: all pods of each service, with the
 * labels that panels and alerts use, and none of another service.
 * @param config Prometheus' configuration, as the operator wrote it
 */
export function targetProblems(
  config: string,
  targets: Targets,
  expected: readonly ExpectedTargets[],
): string[] {
  const { scrape_configs: jobs } = parse(config) as {
    readonly scrape_configs: readonly ScrapeJob[];
  };
  return expected.flatMap(({ service, addresses }) => {
    const job = jobs.find(({ job_name }) => job_name === jobName(service));
    if (!job) return [`the operator wrote no job ${jobName(service)}.`];
    return [
      ...keepProblems(job, service),
      ...addressProblems(job, service, addresses, targets),
      ...(hasNeighbour(service, expected) ? strangerProblems(job, targets) : []),
    ];
  });
}

/** As the tutorial shows it: `serviceMonitor/prod/task-service-monitor/0`. */
const jobName = ({ serviceMonitor: { metadata } }: DeployedService): string =>
  `serviceMonitor/${metadata.namespace}/${metadata.name}/0`;

/** As the tutorial shows it: what has the Service's label `app` is kept, `(task-service);true`. */
function keepProblems({ job_name, relabel_configs = [] }: ScrapeJob, service: DeployedService) {
  const { matchLabels } = service.serviceMonitor.spec.selector;
  const kept = relabel_configs.filter(({ action }) => action === "keep");
  return Object.entries(matchLabels).flatMap(([label, value]) => {
    const source = `__meta_kubernetes_service_label_${label.replace(/\W/g, "_")}`;
    const rule = kept.find(({ source_labels }) => source_labels?.[0] === source);
    const expected = `(${value});true`;
    return rule?.regex === expected
      ? []
      : [`${job_name} must keep ${label} by ${expected}; got ${rule?.regex ?? "no such rule"}.`];
  });
}

function addressProblems(
  { job_name: pool }: ScrapeJob,
  { name, namespace }: DeployedService,
  addresses: readonly string[],
  { activeTargets }: Targets,
): string[] {
  const targets = activeTargets.filter(({ scrapePool }) => scrapePool === pool);
  const found = targets.map(({ labels }) => (labels.instance ?? "").split(":")[0] ?? "").sort();
  if (found.join() !== [...addresses].sort().join()) {
    return [`${pool} must have the targets ${addresses.join(", ")}; got ${found.join(", ")}.`];
  }
  const expected = { job: name, service: name, container: name, namespace, endpoint: "http" };
  return targets.flatMap(({ health, lastError, labels }) => [
    ...(health === "up" ? [] : [`${pool} is ${health}: ${lastError}.`]),
    ...Object.entries(expected).flatMap(([label, value]) =>
      labels[label] === value
        ? []
        : [`${pool} must have ${label}="${value}"; got "${labels[label] ?? ""}".`],
    ),
  ]);
}

const hasNeighbour = (service: DeployedService, expected: readonly ExpectedTargets[]): boolean =>
  expected.some(
    (other) => other.service !== service && other.service.namespace === service.namespace,
  );

/** The other service's pods are in the same namespace: found, and dropped. */
function strangerProblems({ job_name: pool }: ScrapeJob, { droppedTargets }: Targets): string[] {
  return droppedTargets.some(({ scrapePool }) => scrapePool === pool)
    ? []
    : [`${pool} dropped no target, though another service is in its namespace.`];
}
