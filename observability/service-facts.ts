import { createHash } from "node:crypto";
import type { OwnMetrics } from "./own-metrics";
import { type PresetName, presets } from "./presets/presets";
import type { Preset, RequestNames } from "./presets/preset";
import type { Slo } from "./slo/objectives";

/** Everything that a service's dashboard, rules and alerts are made from. Plain data. */
export interface ServiceFacts {
  /** Name of the Service, and so the series' `job`; of the Deployment, container and autoscaler too. */
  readonly name: string;
  readonly namespace: string;
  /** What instruments it, and so the names of its metrics. */
  readonly preset: PresetName;
  /** Upper bounds of the histogram of requests, in seconds; none where it has no buckets. */
  readonly buckets: readonly number[];
  /** @default no objectives: no recording rules, burn-rate alerts or SLO row */
  readonly slo?: Slo;
  /** Samples per scrape beyond which Prometheus refuses the scrape. */
  readonly sampleLimit: number;
  /** Limit of the container, as Kubernetes has it, such as "256Mi". */
  readonly memoryLimit: string;
  /** Whether KEDA scales it on its requests. @default it is scaled on CPU */
  readonly scaledOnRequests?: true;
  /** What the user adds. @default nothing */
  readonly own?: OwnMetrics;
  /** Address of docs/runbooks on the web, without a slash at its end. @default alerts name the page only */
  readonly runbookBaseUrl?: string;
  /** Address of Grafana, without a slash at its end. */
  readonly grafanaUrl: string;
}

/** The names that the service's metrics have. */
export const namesOf = ({ preset }: ServiceFacts): Preset => presets[preset];

/** Matchers, without braces, of the service's series as rules have them. */
export function ruleSeries(facts: ServiceFacts): string {
  const { target } = namesOf(facts);
  return `${target.namespace}="${facts.namespace}",${target.job}="${facts.name}"`;
}

/** The same of its clients' requests: probes and scrapes are not counted. */
export const ruleRequests = (facts: ServiceFacts, { route, probes }: RequestNames): string =>
  `${ruleSeries(facts)},${route}!~"${probes}"`;

/** Series that are 1, once for each pod, while the pod's metrics arrive. */
export const aliveSeries = (facts: ServiceFacts): string =>
  `${namesOf(facts).target.alive}{${ruleSeries(facts)}}`;

/**
 * Stable, so that links outlive a change of title. Grafana takes 40 characters at most: a longer
 * name keeps its beginning and gets a hash.
 */
export function dashboardUid({
  name,
  namespace,
}: Pick<ServiceFacts, "name" | "namespace">): string {
  const uid = `service-${namespace}-${name}`;
  if (uid.length <= 40) return uid;
  const hash = createHash("sha256").update(uid).digest("hex").slice(0, 8);
  return `${uid.slice(0, 31)}-${hash}`;
}

export const dashboardUrl = (facts: ServiceFacts): string =>
  `${facts.grafanaUrl}/d/${dashboardUid(facts)}`;

/** Where an alert says what to do: a page for a group of alerts, a heading for each. */
export interface Runbook {
  /** Path in this repository. */
  readonly runbook: string;
  /** Its address, where the pages are on the web. */
  readonly runbook_url?: string;
}

/** GitHub's anchors are lower case. */
export function runbookOf({ runbookBaseUrl }: ServiceFacts, page: string, alert: string): Runbook {
  const heading = `${page}.md#${alert.toLowerCase()}`;
  return {
    runbook: `docs/runbooks/${heading}`,
    ...(runbookBaseUrl !== undefined && { runbook_url: `${runbookBaseUrl}/${heading}` }),
  };
}
